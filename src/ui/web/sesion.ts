import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Una sesión anónima: `id` es quien pide, y viaja y se guarda; `secreto` sólo está en la cookie de su navegador. */
export type Sesion = Readonly<{ id: string; secreto: string }>

const SECRETO = /^[A-Za-z0-9_-]{32}$/
const UN_ANO_S = 365 * 24 * 60 * 60

/** El identificador no deja adivinar el secreto: conocer de quién es una reserva no da su sesión. */
const sesionDe = (secreto: string): Sesion => ({
  id: `sesion-${createHash('sha256').update(secreto).digest().subarray(0, 16).toString('base64url')}`,
  secreto,
})

/** Con TLS el prefijo impide que otro subdominio la ponga; sin él, el navegador no la aceptaría. */
const nombreDe = (segura: boolean): string => (segura ? '__Host-sesion' : 'sesion')

export const nuevaSesion = (): Sesion => sesionDe(randomBytes(24).toString('base64url'))

/** La sesión que trae la cookie, si trae una con la forma de las nuestras. */
export const leerSesion = ({ cookie }: IncomingHttpHeaders, segura: boolean): Sesion | undefined => {
  const nombre = `${nombreDe(segura)}=`
  const secreto = cookie
    ?.split(';')
    .map((una) => una.trim())
    .find((una) => una.startsWith(nombre))
    ?.slice(nombre.length)
  return secreto !== undefined && SECRETO.test(secreto) ? sesionDe(secreto) : undefined
}

/** El valor de `Set-Cookie`. */
export const cookieDe = ({ secreto }: Sesion, segura: boolean): string =>
  `${nombreDe(segura)}=${secreto}; Max-Age=${UN_ANO_S}; Path=/; HttpOnly; SameSite=Lax${segura ? '; Secure' : ''}`
