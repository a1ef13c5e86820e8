import { comando, type Manejador } from 'seedwork/aplicacion/mensajes.ts'
import { aprobar, type Reserva } from '../../dominio/entidades.ts'
import type { EventoReserva } from '../../dominio/eventos.ts'
import type { Reservas } from '../../dominio/repositorios.ts'
import { exigirQuePuedaAprobar, exigirVisible } from '../propiedad.ts'

export const AprobarReserva = comando<Readonly<{ id_reserva: string }>, Reserva>()('AprobarReserva')

export const aprobarReserva: Manejador<typeof AprobarReserva, EventoReserva, { reservas: Reservas }> = async (
  { tx, reloj, origen, reservas },
  { id_reserva },
) => {
  const reserva = await reservas.obtener(tx, id_reserva)
  exigirVisible(reserva, origen.actor)
  exigirQuePuedaAprobar(reserva, origen.actor)
  const { estado, eventos } = aprobar(reserva, reloj.ahora())
  await reservas.actualizar(tx, estado)
  return { resultado: estado, eventos }
}
