const MEGA = 1_048_576

/** Bytes, milisegundos y cuántos a la vez. */
export type LimitesDeSidecar = Readonly<{
  /** El mensaje más grande que se recibe, también después de descomprimirlo. */
  mensaje: number
  /** El pedido más grande que se interpreta: el cuerpo que la API admite. En JSON ocuparía más, así que uno mayor no le cabría nunca. */
  pedido: number
  /** La respuesta más grande que se lee de la API. */
  respuesta: number
  /** Lo que puede tardar un pedido en llegar entero. */
  llegada: number
  /** El plazo de quien no pide ninguno: de una llamada y de un flujo. */
  unaria: number
  flujo: number
  /** Llamadas y flujos en curso; los demás reciben RESOURCE_EXHAUSTED. */
  unariasEnCurso: number
  flujosEnCurso: number
  conexiones: number
  flujosPorConexion: number
  /** Lo que una conexión puede tener en memoria (MB). */
  memoriaPorConexion: number
  /** Una conexión sin llamadas se cierra. */
  inactiva: number
  /** Lo que se espera, al detenerse, a las llamadas en curso. */
  gracia: number
}>

export const LIMITES_DE_SIDECAR: LimitesDeSidecar = {
  mensaje: 4 * MEGA,
  pedido: 65_536,
  respuesta: 32 * MEGA,
  llegada: 10_000,
  unaria: 30_000,
  flujo: 300_000,
  unariasEnCurso: 256,
  flujosEnCurso: 256,
  conexiones: 512,
  flujosPorConexion: 128,
  memoriaPorConexion: 10,
  inactiva: 300_000,
  gracia: 10_000,
}
