import type { Ids } from '../infraestructura/puertos.ts'

const CORRELACION = /^[A-Za-z0-9._-]{1,128}$/
/** Versión, traza, tramo y banderas (W3C Trace Context). Una versión mayor puede traer más campos: se ignoran. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/
const TRACEPARENT_MAXIMO = 256

export type Cabecera = string | string[] | undefined

/** El identificador de correlación que trae el pedido, si tiene la forma admitida; si no, uno nuevo. */
export const correlacionDe = (cabecera: Cabecera, ids: Ids): string =>
  typeof cabecera === 'string' && CORRELACION.test(cabecera) ? cabecera : ids()

/** El `traceparent` que trae el pedido, o `undefined` si falta o no cumple la norma: entonces la traza empieza aquí. */
export const traceparentDe = (cabecera: Cabecera): string | undefined => {
  if (typeof cabecera !== 'string' || cabecera.length > TRACEPARENT_MAXIMO || !TRACEPARENT.test(cabecera)) return undefined
  return cabecera.startsWith('00-') && cabecera.length !== 55 ? undefined : cabecera
}
