import { comando, type Manejador } from 'seedwork/aplicacion/mensajes.ts'
import { crear, type Reserva } from '../../dominio/entidades.ts'
import type { EventoReserva } from '../../dominio/eventos.ts'
import type { Reservas } from '../../dominio/repositorios.ts'
import { clienteDe } from '../propiedad.ts'
import { type PedidoDeReserva, type Ventas, vender } from '../vender.ts'

/** `id_reserva` lo acuña quien acepta el pedido: así puede decirlo antes de que la reserva exista (B01, B18). */
type Datos = PedidoDeReserva & Readonly<{ id_reserva: string }>

export const CrearReserva = comando<Datos, Reserva>()('CrearReserva')

export const crearReserva: Manejador<typeof CrearReserva, EventoReserva, { reservas: Reservas; ventas: Ventas }> = async (
  { tx, reloj, origen, reservas, ventas },
  { id_reserva, compra, ...dictado },
) => {
  const ahora = reloj.ahora()
  const pedido = compra === undefined ? dictado : await vender({ tx, reservas, ventas }, { id_reserva, compra, ahora })
  const { estado, eventos } = crear({ id: id_reserva, id_cliente: clienteDe(origen.actor), ...pedido, ahora })
  await reservas.agregar(tx, estado)
  return { resultado: estado, eventos }
}
