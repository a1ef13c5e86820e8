/** Bytes, milisegundos y cuántos. */
export const LIMITES_WS = {
  /** Lo que cabe en una trama de entrada; una mayor cierra con 1009. */
  trama: 4 * 1024 * 1024,
  /** Enchufes a la vez. */
  enchufes: 1_000,
  /** Lo que puede esperar por salir de un enchufe antes de dejar de darle. */
  salida: 256 * 1024,
  /** Envíos de un productor sin confirmar, y lo que ocupan, antes de dejar de leerlo. */
  sinConfirmar: 512,
  bytesSinConfirmar: 8 * 1024 * 1024,
  /** Mensajes que un consumidor con permisos puede tener sin acusar, y lo que ocupan, antes de dejar de darle más. */
  sinAcusar: 50_000,
  bytesSinAcusar: 64 * 1024 * 1024,
  /** Cada cuánto se pregunta si el otro sigue ahí; quien calla dos veces seguidas se corta. */
  latido: 20_000,
  /** Lo que se espera por la despedida de cada uno al detenerse. */
  despedida: 2_000,
  /** El cuerpo de una petición de administración. */
  cuerpo: 256 * 1024,
} as const

export type LimitesWs = { readonly [K in keyof typeof LIMITES_WS]: number }

/** Los códigos de cierre que se usan. */
export const CIERRE = { reinicio: 1012, error: 1011, silencio: 1006 } as const
