import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Ids } from '../infraestructura/puertos.ts'
import type { CodigoDeOrilla } from './catalogo.ts'
import { cuerpoDe, problemaDeOrilla } from './problema.ts'

const CODIGOS: Readonly<Record<string, CodigoDeOrilla>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'espera_agotada',
  HPE_HEADER_OVERFLOW: 'cabeceras_demasiado_grandes',
}

/** Node guarda en el socket la respuesta en curso: si ya empezó, escribir encima la corrompería. */
const respuestaEmpezada = (socket: Socket): boolean =>
  (socket as Socket & { _httpMessage?: { headersSent?: boolean } | null })._httpMessage?.headersSent === true

const respuestaCruda = (codigo: CodigoDeOrilla, correlacion: string): string => {
  const problema = problemaDeOrilla(codigo)
  const cuerpo = cuerpoDe(problema, 'es', correlacion)
  return [
    `HTTP/1.1 ${problema.estado} ${STATUS_CODES[problema.estado]}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(cuerpo)}`,
    'Content-Language: es',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Correlation-Id: ${correlacion}`,
    'Connection: close',
    '',
    cuerpo,
  ].join('\r\n')
}

/**
 * Responde a lo que no llegó a ser una petición (HTTP mal formado, cabeceras desmedidas o lentas) y cierra.
 * Devuelve el código de lo que pasó, o `undefined` si ya no había a quién responder.
 */
export const responderConexionRota = (error: Error & { code?: string }, socket: Socket, ids: Ids): CodigoDeOrilla | undefined => {
  if (error.code === 'ECONNRESET' || !socket.writable || respuestaEmpezada(socket)) {
    socket.destroy()
    return undefined
  }
  const codigo = CODIGOS[error.code ?? ''] ?? 'peticion_mal_formada'
  socket.end(respuestaCruda(codigo, ids()), () => socket.destroy())
  return codigo
}
