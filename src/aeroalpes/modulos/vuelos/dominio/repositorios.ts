import type { Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Reserva } from './entidades.ts'

/** Dónde viven las reservas. Guarda lo que el cliente envió, completo y en orden (B36-B39). Decide quien llama; aquí sólo se lee y se escribe. */
export interface Reservas {
  /** La reserva como la dejó la última decisión, también si fue en esta `tx`. Lanza `reserva_no_encontrada`. */
  obtener(tx: Tx, id: string): Promise<Reserva>
  /** Guarda una reserva recién creada. */
  agregar(tx: Tx, reserva: Reserva): Promise<void>
  /** Guarda la versión siguiente a la almacenada. Lanza `reserva_cambiada` si la almacenada no es la `version - 1`. */
  actualizar(tx: Tx, reserva: Reserva): Promise<void>
}
