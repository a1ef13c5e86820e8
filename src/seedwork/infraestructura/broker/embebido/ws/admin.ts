import type { IncomingMessage, ServerResponse } from 'node:http'
import { ErrorDominio } from '../../../../dominio/errores.ts'
import { direccionDe, Negado, nombresDe } from './direccion.ts'
import { registrarEsquema, responderCompatibilidad, verEsquema, verEsquemas } from './esquemas.ts'
import { type ContextoDeAdmin, HECHO, type Llamada, type Respuesta, topicoDe } from './llamada.ts'
import { borrarSuscripcion, crearSuscripcion, moverSuscripcion, saltarTodo, verEstado, verLog, verNombres } from './suscripciones.ts'

type Ruta = readonly [
  metodo: string,
  camino: RegExp,
  atender: (contexto: ContextoDeAdmin, llamada: Llamada) => Respuesta | Promise<Respuesta>,
]

const TOPICO = '/admin/v2/persistent/([^/]+)/([^/]+)/([^/]+)'
const ESQUEMAS = '/admin/v2/schemas/([^/]+)/([^/]+)/([^/]+)'
const ESPACIO = '/admin/v2/namespaces/([^/]+)/([^/]+)'
const ruta = (metodo: string, camino: string, atender: Ruta[2]): Ruta => [metodo, new RegExp(`^${camino}$`), atender]

/** La versión cuya API se imita. */
const VERSION = '4.0.8'

/** La respuesta de lo que sólo pregunta si el espacio de nombres existe. */
const enElEspacio = ({ nombres }: Llamada, respuesta: Respuesta): Respuesta => {
  nombresDe(nombres)
  return respuesta
}

const RUTAS: readonly Ruta[] = [
  ['GET', /^\/admin\/v2\/brokers\/health$/, () => ({ estado: 200, cuerpo: 'ok' })],
  ['GET', /^\/admin\/v2\/brokers\/version$/, () => ({ estado: 200, cuerpo: VERSION })],
  ruta('GET', ESPACIO, (_, llamada) => enElEspacio(llamada, { estado: 200, cuerpo: {} })),
  // La retención y el reconocimiento de repetidos son los del embebido: se acepta lo que se pida y no cambia nada.
  ruta('POST', `${ESPACIO}/(?:retention|deduplication)`, (_, llamada) => enElEspacio(llamada, HECHO)),
  ruta('GET', `${ESPACIO}/property/epoca`, ({ partes }) => ({ estado: 200, cuerpo: partes.broker.epoca })),
  ruta('PUT', `${ESPACIO}/property/epoca/[^/]+`, () => HECHO),
  ruta('PUT', TOPICO, (_, llamada) => enElEspacio(llamada, HECHO)),
  ruta('GET', `${TOPICO}/partitions`, (_, llamada) => enElEspacio(llamada, { estado: 200, cuerpo: { partitions: 0 } })),
  ruta('GET', `${TOPICO}/subscriptions`, verNombres),
  ruta('GET', `${TOPICO}/stats`, (contexto, llamada) => verEstado(contexto, topicoDe(llamada))),
  ruta('GET', `${TOPICO}/internalStats`, (contexto, llamada) => verLog(contexto, topicoDe(llamada))),
  ruta('PUT', `${TOPICO}/subscription/([^/]+)`, crearSuscripcion),
  ruta('DELETE', `${TOPICO}/subscription/([^/]+)`, borrarSuscripcion),
  ruta('POST', `${TOPICO}/subscription/([^/]+)/resetcursor(?:/(\\d+))?`, moverSuscripcion),
  ruta('POST', `${TOPICO}/subscription/([^/]+)/skip_all`, saltarTodo),
  ruta('GET', `${ESQUEMAS}/schema`, (contexto, llamada) => verEsquema(contexto, topicoDe(llamada))),
  ruta('GET', `${ESQUEMAS}/schemas`, (contexto, llamada) => verEsquemas(contexto, topicoDe(llamada))),
  ruta('POST', `${ESQUEMAS}/schema`, (contexto, llamada) => registrarEsquema(contexto, topicoDe(llamada), llamada.cuerpo)),
  ruta('POST', `${ESQUEMAS}/compatibility`, (contexto, llamada) => responderCompatibilidad(contexto, topicoDe(llamada), llamada.cuerpo)),
]

/** Atiende la API de administración. */
export const crearAdmin =
  (contexto: ContextoDeAdmin) =>
  (peticion: IncomingMessage, respuesta: ServerResponse): void => {
    atender(contexto, peticion)
      .catch((error: unknown): Respuesta => comoRespuesta(error, contexto.partes.alFallar))
      .then(({ estado, cuerpo }) => {
        const texto = typeof cuerpo === 'string'
        respuesta.writeHead(estado, { 'content-type': texto ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8' })
        respuesta.end(cuerpo === undefined ? undefined : texto ? cuerpo : JSON.stringify(cuerpo))
      })
      .catch(contexto.partes.alFallar)
  }

const atender = async (contexto: ContextoDeAdmin, peticion: IncomingMessage): Promise<Respuesta> => {
  const { pathname } = direccionDe(peticion.url ?? '')
  const porCamino = RUTAS.flatMap(([metodo, camino, hacer]) => {
    const halladas = camino.exec(pathname)
    return halladas === null ? [] : [{ metodo, hacer, nombres: halladas.slice(1) }]
  })
  const elegida = porCamino.find(({ metodo }) => metodo === peticion.method)
  if (elegida === undefined) throw porCamino.length > 0 ? new Negado(405, 'Ese método no.') : new Negado(404, 'No existe esa dirección.')
  const cuerpo = await leerCuerpo(peticion, contexto.partes.limites.cuerpo)
  return elegida.hacer(contexto, { nombres: elegida.nombres, cuerpo })
}

const leerCuerpo = async (peticion: IncomingMessage, maximo: number): Promise<string> => {
  const trozos: Buffer[] = []
  let bytes = 0
  for await (const trozo of peticion as AsyncIterable<Buffer>) {
    bytes += trozo.length
    if (bytes > maximo) throw new Negado(413, 'El cuerpo es demasiado grande.')
    trozos.push(trozo)
  }
  return Buffer.concat(trozos).toString('utf8')
}

const ESTADOS: Readonly<Record<string, number>> = { conflicto: 409, invalido: 422, no_disponible: 503 }

const comoRespuesta = (error: unknown, alFallar: (error: unknown) => void): Respuesta => {
  if (error instanceof Negado) return { estado: error.estado, cuerpo: { reason: error.message } }
  if (error instanceof ErrorDominio) return { estado: ESTADOS[error.clase] ?? 500, cuerpo: { reason: error.message } }
  alFallar(error)
  return { estado: 500, cuerpo: { reason: 'Error interno.' } }
}
