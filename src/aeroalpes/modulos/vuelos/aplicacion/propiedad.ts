import { type Actor, veTodo } from 'seedwork/aplicacion/actor.ts'
import type { Reserva } from '../dominio/entidades.ts'
import { reservaNoEncontrada } from '../dominio/excepciones.ts'

/** Quién queda como dueño de lo que `actor` reserva; un invitado no es nadie: su reserva es de quien conozca el identificador. */
export const clienteDe = ({ id, rol }: Actor): string | null => (rol === 'viajero' ? id : null)

/** Lanza `reserva_no_encontrada` si la reserva es de otro: para quien no la puede ver, no existe. */
export const exigirVisible = (reserva: Pick<Reserva, 'id' | 'id_cliente'>, actor: Actor): void => {
  const visible = reserva.id_cliente === null || veTodo(actor) || reserva.id_cliente === clienteDe(actor)
  if (!visible) throw reservaNoEncontrada(reserva.id)
}
