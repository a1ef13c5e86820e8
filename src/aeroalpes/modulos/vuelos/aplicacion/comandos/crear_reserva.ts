import { comando, type Manejador } from 'seedwork/aplicacion/mensajes.ts'
import { crear, type Reserva } from '../../dominio/entidades.ts'
import type { EventoReserva } from '../../dominio/eventos.ts'
import type { Itinerario, Pasajero } from '../../dominio/objetos_valor.ts'
import type { Reservas } from '../../dominio/repositorios.ts'
import { clienteDe } from '../propiedad.ts'

/** `id_reserva` lo acuña quien acepta el pedido: así puede decirlo antes de que la reserva exista (B01, B18). */
type Datos = Readonly<{ id_reserva: string; itinerarios: readonly Itinerario[]; pasajeros: readonly Pasajero[] }>

export const CrearReserva = comando<Datos, Reserva>()('CrearReserva')

export const crearReserva: Manejador<typeof CrearReserva, EventoReserva, { reservas: Reservas }> = async (
  { tx, reloj, origen, reservas },
  { id_reserva, itinerarios, pasajeros },
) => {
  const { estado, eventos } = crear({ id: id_reserva, id_cliente: clienteDe(origen.actor), itinerarios, pasajeros, ahora: reloj.ahora() })
  await reservas.agregar(tx, estado)
  return { resultado: estado, eventos }
}
