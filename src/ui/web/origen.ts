import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** El origen escrito como lo escribe un navegador, o `undefined` si el texto no es el origen de una página web. */
export const canonico = (texto: string): string | undefined => {
  if (!/^https?:\/\/[^/?#@\\\s]+$/.test(texto) || !URL.canParse(texto)) return undefined
  return new URL(texto).origin
}

/** Si la petición llegó cifrada: por sí misma, o hasta el proxy que la trae. */
export const esSegura = ({ headers, socket }: IncomingMessage): boolean =>
  ('encrypted' in socket && socket.encrypted === true) || headers['x-forwarded-proto'] === 'https'

export type Procedencia = Readonly<{ cabeceras: IncomingHttpHeaders; segura: boolean; permitidos: readonly string[] }>

/**
 * Si `Origin` es exactamente el de esta misma página o uno de los permitidos. Sin `Origin` vale: lo ponen todos los navegadores, así que
 * quien no lo trae no es uno, y no lleva la sesión de nadie. `null` nunca vale.
 */
export const origenAdmitido = ({ cabeceras, segura, permitidos }: Procedencia): boolean => {
  const { origin, host } = cabeceras
  if (origin === undefined) return true
  if (canonico(origin) !== origin) return false
  return permitidos.includes(origin) || propios(host ?? '', segura).includes(origin)
}

/** Detrás de un proxy que no dice su esquema no se sabe cuál de los dos es; quien llegó cifrado sólo viene de https. */
const propios = (host: string, segura: boolean): readonly string[] =>
  (segura ? ['https'] : ['http', 'https']).flatMap((esquema) => canonico(`${esquema}://${host}`) ?? [])

/** Como `origenAdmitido`, y si el navegador dice de dónde viene (`Sec-Fetch-Site`), que no sea de otro sitio. */
export const mismaProcedencia = (procedencia: Procedencia): boolean => {
  const { cabeceras, permitidos } = procedencia
  const sitio = cabeceras['sec-fetch-site']
  const deFuera = sitio !== undefined && sitio !== 'same-origin' && sitio !== 'none'
  if (deFuera) return cabeceras.origin !== undefined && permitidos.includes(cabeceras.origin)
  return origenAdmitido(procedencia)
}
