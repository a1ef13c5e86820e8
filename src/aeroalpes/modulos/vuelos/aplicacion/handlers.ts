import type { ContextoDeComando, Manejador, Manejadores, Respondedores } from 'seedwork/aplicacion/mensajes.ts'
import type { EventoReserva } from '../dominio/eventos.ts'
import type { Reservas } from '../dominio/repositorios.ts'
import { AprobarReserva, aprobarReserva } from './comandos/aprobar_reserva.ts'
import { CancelarReserva, cancelarReserva } from './comandos/cancelar_reserva.ts'
import { CrearReserva, crearReserva } from './comandos/crear_reserva.ts'
import { PagarReserva, pagarReserva } from './comandos/pagar_reserva.ts'
import {
  type BuscarReservas,
  ReservasCanceladas,
  ReservasNoPagadas,
  reservasCanceladas,
  reservasNoPagadas,
  TodasReservas,
  todasReservas,
} from './queries/listar_reservas.ts'
import { type BuscarReserva, ObtenerReserva, obtenerReserva } from './queries/obtener_reserva.ts'

export type ComandoVuelos = typeof CrearReserva | typeof AprobarReserva | typeof PagarReserva | typeof CancelarReserva
export type QueryVuelos = typeof ObtenerReserva | typeof TodasReservas | typeof ReservasCanceladas | typeof ReservasNoPagadas

/** La tabla de comandos del módulo. Todos escriben por el mismo repositorio. */
export const manejadoresVuelos = (reservas: Reservas): Manejadores<ComandoVuelos, EventoReserva> => {
  const con =
    <C extends ComandoVuelos>(manejar: Manejador<C, EventoReserva, { reservas: Reservas }>): Manejador<C, EventoReserva> =>
    (contexto: ContextoDeComando, datos) =>
      manejar({ ...contexto, reservas }, datos)
  return {
    CrearReserva: con(crearReserva),
    AprobarReserva: con(aprobarReserva),
    PagarReserva: con(pagarReserva),
    CancelarReserva: con(cancelarReserva),
  }
}

export type PuertosDeLectura = Readonly<{ buscarReserva: BuscarReserva; buscarReservas: BuscarReservas; listaAbierta: boolean }>

export const respondedoresVuelos = ({
  buscarReserva,
  buscarReservas: buscar,
  listaAbierta,
}: PuertosDeLectura): Respondedores<QueryVuelos> => ({
  ObtenerReserva: obtenerReserva(buscarReserva),
  TodasReservas: todasReservas({ buscar, listaAbierta }),
  ReservasCanceladas: reservasCanceladas({ buscar, listaAbierta }),
  ReservasNoPagadas: reservasNoPagadas({ buscar, listaAbierta }),
})

export { AprobarReserva, CancelarReserva, CrearReserva, ObtenerReserva, PagarReserva, ReservasCanceladas, ReservasNoPagadas, TodasReservas }
