import { comando, type Manejador } from 'seedwork/aplicacion/mensajes.ts'
import Type from 'typebox'
import { cancelar, type Reserva } from '../../dominio/entidades.ts'
import type { EventoReserva } from '../../dominio/eventos.ts'
import type { Reservas } from '../../dominio/repositorios.ts'
import { exigirVisible } from '../propiedad.ts'

export const MOTIVO_POR_DEFECTO = 'Cancelada a pedido del viajero'

export const CancelacionJson = Type.Object({ motivo: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) })

export const CancelarReserva = comando<Readonly<{ id_reserva: string; motivo: string }>, Reserva>()('CancelarReserva')

export const cancelarReserva: Manejador<typeof CancelarReserva, EventoReserva, { reservas: Reservas }> = async (
  { tx, reloj, origen, reservas },
  { id_reserva, motivo },
) => {
  const reserva = await reservas.obtener(tx, id_reserva)
  exigirVisible(reserva, origen.actor)
  const { estado, eventos } = cancelar(reserva, reloj.ahora(), motivo)
  await reservas.actualizar(tx, estado)
  return { resultado: estado, eventos }
}
