import { type Actor, esInvitado, veTodo } from 'seedwork/aplicacion/actor.ts'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import type { Reserva } from '../dominio/entidades.ts'
import { reservaNoEncontrada } from '../dominio/excepciones.ts'

/** Quién queda como dueño de lo que `actor` reserva. La sesión de un invitado también: así encuentra lo suyo en su lista. */
export const clienteDe = ({ id, rol }: Actor): string | null => (rol === 'viajero' ? id : null)

/** Lo que de su dueño se puede decir a quien conoce la reserva: una sesión es secreta. */
export const id_publico = (id_cliente: string | null): string | null => (esInvitado(id_cliente) ? null : id_cliente)

/** Lanza `reserva_no_encontrada` si la reserva es de otro: para quien no la puede ver, no existe. */
export const exigirVisible = (reserva: Pick<Reserva, 'id' | 'id_cliente'>, actor: Actor): void => {
  const visible = esInvitado(reserva.id_cliente) || veTodo(actor) || reserva.id_cliente === clienteDe(actor)
  if (!visible) throw reservaNoEncontrada(reserva.id)
}

/** Lo que se compró a una aerolínea lo aprueba ella, por un servicio, o un operador; las del tutorial, cualquiera que las vea. */
export const exigirQuePuedaAprobar = ({ venta }: Reserva, actor: Actor): void => {
  if (venta !== undefined && !veTodo(actor)) throw soloLaAerolinea()
}

const soloLaAerolinea = (): ErrorDominio =>
  new ErrorDominio({
    codigo: 'solo_la_aerolinea',
    clase: 'prohibido',
    texto: { es: 'Esta reserva la aprueba la aerolínea.', en: 'This reservation is approved by the airline.' },
  })
