import type { Lector, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Reserva } from './entidades.ts'
import type { Contacto } from './oferta.ts'
import type { Proveedor } from './proveedor.ts'

/** Dónde viven las reservas. Guarda lo que el cliente envió, completo y en orden (B36-B39). Decide quien llama; aquí sólo se lee y se escribe. */
export interface Reservas {
  /** La reserva como la dejó la última decisión, también si fue en esta `tx`. Lanza `reserva_no_encontrada`. */
  obtener(tx: Tx, id: string): Promise<Reserva>
  /** Guarda una reserva recién creada. */
  agregar(tx: Tx, reserva: Reserva): Promise<void>
  /** Guarda la versión siguiente a la almacenada. Lanza `reserva_cambiada` si la almacenada no es la `version - 1`. */
  actualizar(tx: Tx, reserva: Reserva): Promise<void>
  /** La que lleva ese localizador, si hay una. */
  por_localizador(lector: Lector, localizador: string): Promise<Reserva | undefined>
  /** La que lleva ese localizador o, si no hay, la siguiente en orden: buscar una que no existe cuesta lo mismo. */
  desde_localizador(lector: Lector, localizador: string): Promise<Reserva | undefined>
}

/** Los asientos vendidos de cada cabina de la red. Lo que cabe en ella lo dice su proveedor. */
export interface Asientos {
  /** Cuántos se han vendido; de la cabina que no está, ninguno. */
  vendidos(lector: Lector, cabinas: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Vende `cuantos` en la cabina si caben en su cupo; si no, `false` y nada cambia. Dentro de la `tx` de la reserva. */
  tomar(tx: Tx, cabina: Readonly<{ llave: string; cupo: number }>, cuantos: number): Promise<boolean>
  /** Vuelven a estar a la venta. */
  devolver(tx: Tx, cabina: string, cuantos: number): Promise<void>
}

/** A quién se le escribe de una reserva. Vive aparte de ella: no sale en ninguna lista ni en ningún evento. */
export interface Contactos {
  agregar(tx: Tx, id_reserva: string, contacto: Contacto): Promise<void>
  obtener(lector: Lector, id_reserva: string): Promise<Contacto | undefined>
}

/** Las aerolíneas cuyos vuelos se venden. */
export interface Proveedores {
  obtener_todos(): readonly Proveedor[]
  obtener_por_codigo(codigo: string): Proveedor | undefined
}
