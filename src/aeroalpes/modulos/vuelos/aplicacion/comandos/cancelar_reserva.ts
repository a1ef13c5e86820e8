import { comando, type Manejador } from 'seedwork/aplicacion/mensajes.ts'
import Type from 'typebox'
import { asientos_ocupados, cabinas_de, cancelar, type Reserva } from '../../dominio/entidades.ts'
import type { EventoReserva } from '../../dominio/eventos.ts'
import { A_PEDIDO_DEL_VIAJERO } from '../../dominio/motivos.ts'
import type { Asientos, Reservas } from '../../dominio/repositorios.ts'
import { exigirVisible } from '../propiedad.ts'

export const MOTIVO_POR_DEFECTO = A_PEDIDO_DEL_VIAJERO.es

export const CancelacionJson = Type.Object({ motivo: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) })

export const CancelarReserva = comando<Readonly<{ id_reserva: string; motivo: string }>, Reserva>()('CancelarReserva')

export const cancelarReserva: Manejador<
  typeof CancelarReserva,
  EventoReserva,
  { reservas: Reservas; ventas: { asientos: Asientos } }
> = async ({ tx, reloj, origen, reservas, ventas }, { id_reserva, motivo }) => {
  const reserva = await reservas.obtener(tx, id_reserva)
  exigirVisible(reserva, origen.actor)
  const { estado, eventos } = cancelar(reserva, reloj.ahora(), motivo)
  await reservas.actualizar(tx, estado)
  for (const cabina of cabinas_de(reserva)) await ventas.asientos.devolver(tx, cabina, asientos_ocupados(reserva))
  return { resultado: estado, eventos }
}
