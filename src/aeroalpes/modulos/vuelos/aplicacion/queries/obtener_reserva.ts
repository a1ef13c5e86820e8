import { query, type Respondedor } from 'seedwork/aplicacion/mensajes.ts'
import type { Lector } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Reserva } from '../../dominio/entidades.ts'
import { reservaNoEncontrada } from '../../dominio/excepciones.ts'
import { exigirVisible } from '../propiedad.ts'

export const ObtenerReserva = query<Readonly<{ id: string }>, Reserva>()('ObtenerReserva')

/** Lo que esta query necesita de la infraestructura. */
export type BuscarReserva = (lector: Lector, id: string) => Promise<Reserva | undefined>

/** La reserva, si existe y quien pregunta puede verla; si no, `reserva_no_encontrada`. */
export const obtenerReserva =
  (buscar: BuscarReserva): Respondedor<typeof ObtenerReserva> =>
  async ({ lector, origen }, { id }) => {
    const reserva = await buscar(lector, id)
    if (reserva === undefined) throw reservaNoEncontrada(id)
    exigirVisible(reserva, origen.actor)
    return reserva
  }
