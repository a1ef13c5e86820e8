import type { ContextoDeComando, Manejador, Manejadores, Respondedores } from 'seedwork/aplicacion/mensajes.ts'
import type { Reloj } from 'seedwork/infraestructura/puertos.ts'
import type { Aeropuertos } from '../dominio/aeropuertos.ts'
import type { EventoReserva } from '../dominio/eventos.ts'
import type { Reservas } from '../dominio/repositorios.ts'
import { AprobarReserva, aprobarReserva } from './comandos/aprobar_reserva.ts'
import { CancelarReserva, cancelarReserva } from './comandos/cancelar_reserva.ts'
import { CrearReserva, crearReserva } from './comandos/crear_reserva.ts'
import { PagarReserva, pagarReserva } from './comandos/pagar_reserva.ts'
import { BuscarAeropuertos, buscarAeropuertos } from './queries/buscar_aeropuertos.ts'
import { BuscarItinerarios, buscarItinerarios } from './queries/buscar_itinerarios.ts'
import { BuscarPorLocalizador, buscarPorLocalizador } from './queries/buscar_por_localizador.ts'
import { CotizarCancelacion, cotizarCancelacion } from './queries/cotizar_cancelacion.ts'
import {
  type BuscarReservas,
  ReservasCanceladas,
  ReservasNoPagadas,
  reservasCanceladas,
  reservasNoPagadas,
  TodasReservas,
  todasReservas,
} from './queries/listar_reservas.ts'
import { ObtenerContacto, obtenerContacto } from './queries/obtener_contacto.ts'
import { type BuscarReserva, ObtenerReserva, obtenerReserva } from './queries/obtener_reserva.ts'
import type { Ventas } from './vender.ts'

export type ComandoVuelos = typeof CrearReserva | typeof AprobarReserva | typeof PagarReserva | typeof CancelarReserva
export type QueryVuelos =
  | typeof ObtenerReserva
  | typeof TodasReservas
  | typeof ReservasCanceladas
  | typeof ReservasNoPagadas
  | typeof BuscarAeropuertos
  | typeof BuscarItinerarios
  | typeof BuscarPorLocalizador
  | typeof ObtenerContacto
  | typeof CotizarCancelacion

type PuertosDeEscritura = Readonly<{ reservas: Reservas; ventas: Ventas }>

/** La tabla de comandos del módulo. Todos escriben por los mismos repositorios. */
export const manejadoresVuelos = (puertos: PuertosDeEscritura): Manejadores<ComandoVuelos, EventoReserva> => {
  const con =
    <C extends ComandoVuelos>(manejar: Manejador<C, EventoReserva, PuertosDeEscritura>): Manejador<C, EventoReserva> =>
    (contexto: ContextoDeComando, datos) =>
      manejar({ ...contexto, ...puertos }, datos)
  return {
    CrearReserva: con(crearReserva),
    AprobarReserva: con(aprobarReserva),
    PagarReserva: con(pagarReserva),
    CancelarReserva: con(cancelarReserva),
  }
}

export type PuertosDeLectura = Readonly<{
  buscarReserva: BuscarReserva
  buscarReservas: BuscarReservas
  listaAbierta: boolean
  reservas: Reservas
  ventas: Ventas
  aeropuertos: Aeropuertos
  reloj: Reloj
}>

export const respondedoresVuelos = ({
  buscarReserva,
  buscarReservas: buscar,
  listaAbierta,
  reservas,
  ventas,
  aeropuertos,
  reloj,
}: PuertosDeLectura): Respondedores<QueryVuelos> => ({
  ObtenerReserva: obtenerReserva(buscarReserva),
  TodasReservas: todasReservas({ buscar, listaAbierta }),
  ReservasCanceladas: reservasCanceladas({ buscar, listaAbierta }),
  ReservasNoPagadas: reservasNoPagadas({ buscar, listaAbierta }),
  BuscarAeropuertos: buscarAeropuertos(aeropuertos),
  BuscarItinerarios: buscarItinerarios({ ...ventas, aeropuertos, reloj }),
  BuscarPorLocalizador: buscarPorLocalizador(reservas),
  ObtenerContacto: obtenerContacto(ventas.contactos),
  CotizarCancelacion: cotizarCancelacion({ buscar: buscarReserva, reloj }),
})

export {
  AprobarReserva,
  BuscarAeropuertos,
  BuscarItinerarios,
  BuscarPorLocalizador,
  CancelarReserva,
  CotizarCancelacion,
  CrearReserva,
  ObtenerContacto,
  ObtenerReserva,
  PagarReserva,
  ReservasCanceladas,
  ReservasNoPagadas,
  TodasReservas,
}
