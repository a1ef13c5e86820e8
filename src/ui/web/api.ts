import type { IncomingHttpHeaders } from 'node:http'
import proxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from 'seedwork/aplicacion/actor.ts'
import { ErrorDominio, noDisponible } from 'seedwork/dominio/errores.ts'
import { errorDeOrilla } from 'seedwork/presentacion/catalogo.ts'
import { enviarProblema, problemaDe } from 'seedwork/presentacion/problema.ts'
import { esSegura, mismaProcedencia } from './origen.ts'
import { cookieDe, leerSesion, nuevaSesion, type Sesion } from './sesion.ts'

export const PREFIJO = '/api'

declare module 'fastify' {
  interface FastifyRequest {
    /** La sesión de quien pide, en lo que va hacia la API. */
    sesion: Sesion | undefined
  }
}

/** Lo único que pasa hacia la API. Lo demás, de quien llama o de un proxy, no: nadie dice por su cuenta quién es ni de dónde viene. */
const DE_IDA = [
  'accept',
  'accept-language',
  'content-length',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'prefer',
  'traceparent',
  'tracestate',
] as const
/** Lo único que pasa de vuelta. */
const DE_VUELTA = [
  'allow',
  'content-language',
  'content-length',
  'content-type',
  'etag',
  'idempotent-replayed',
  'link',
  'location',
  'preference-applied',
  'retry-after',
  'vary',
] as const

type Partes = Readonly<{ api: string; plazoMs: number; firmar: (actor: Actor) => string; permitidos: readonly string[] }>

const escoger = (cabeceras: IncomingHttpHeaders, nombres: readonly string[]): Record<string, string | string[]> =>
  Object.fromEntries(nombres.flatMap((nombre) => (cabeceras[nombre] === undefined ? [] : [[nombre, cabeceras[nombre]]])))

/** Los enlaces de la API apuntan a sus caminos; para el navegador están bajo el prefijo. */
const conPrefijo = (link: string): string => link.replaceAll(/<\/(?!\/)/g, `<${PREFIJO}/`)

const INSEGUROS = ['POST', 'PUT', 'PATCH', 'DELETE']

const prohibido = (): ErrorDominio =>
  new ErrorDominio({
    codigo: 'origen_no_admitido',
    clase: 'prohibido',
    texto: { es: 'Este pedido no salió de esta misma página.', en: 'This request did not come from this very page.' },
  })

/** Un pedido que cambia algo sale de esta página y lleva JSON: un formulario de otro sitio no puede ni lo uno ni lo otro. */
const exigirPropio = (peticion: FastifyRequest, permitidos: readonly string[]): void => {
  if (!INSEGUROS.includes(peticion.method)) return
  const { headers: cabeceras } = peticion
  if (!mismaProcedencia({ cabeceras, segura: esSegura(peticion.raw), permitidos })) throw prohibido()
  const conCuerpo = cabeceras['transfer-encoding'] !== undefined || Number(cabeceras['content-length'] ?? 0) > 0
  const tipo = cabeceras['content-type']
  if ((conCuerpo || tipo !== undefined) && !/^application\/json\s*(?:;|$)/i.test(tipo ?? '')) throw errorDeOrilla('tipo_no_admitido')
}

/** Las medidas de la API son para quien la opera, no para quien navega. */
const exigirPublico = ({ url }: FastifyRequest): void => {
  if (/^\/api\/+metrics(?:[/?]|$)/i.test(decodeURI(url))) throw errorDeOrilla('ruta_desconocida')
}

const conSesion = (peticion: FastifyRequest, respuesta: FastifyReply): void => {
  const segura = esSegura(peticion.raw)
  peticion.sesion = leerSesion(peticion.headers, segura)
  if (peticion.sesion !== undefined) return
  peticion.sesion = nuevaSesion()
  respuesta.header('set-cookie', cookieDe(peticion.sesion, segura))
}

const SIN_API = {
  es: 'El servicio de reservas no responde. Se puede repetir el pedido.',
  en: 'The booking service does not answer. The request can be repeated.',
}
const TARDE = {
  es: 'El servicio de reservas no respondió a tiempo. Repetir el pedido con la misma llave no lo hace dos veces.',
  en: 'The booking service did not answer in time. Repeating the request with the same key does not do it twice.',
}

const alFallar = (respuesta: FastifyReply, error: Error & { statusCode?: number }): void => {
  const tarde = error.statusCode === 504
  const problema = tarde
    ? noDisponible('api_demorada', TARDE, { causa: error })
    : noDisponible('api_no_disponible', SIN_API, { causa: error })
  enviarProblema(respuesta.request, respuesta, problemaDe(problema))
}

const opcionesDelProxy = ({ api, plazoMs, firmar }: Partes): FastifyHttpProxyOptions => ({
  upstream: api,
  prefix: PREFIJO,
  httpMethods: ['GET', 'HEAD', ...INSEGUROS],
  disableRequestLogging: true,
  destroyAgent: true,
  undici: { headersTimeout: plazoMs, bodyTimeout: plazoMs, connectTimeout: 5_000, keepAliveTimeout: 60_000 },
  replyOptions: {
    rewriteRequestHeaders: ({ sesion, correlacion, headers }) => ({
      ...escoger(headers, DE_IDA),
      ...(sesion !== undefined && { 'x-actor': firmar({ id: sesion.id, rol: 'viajero' }) }),
      'x-correlation-id': correlacion,
      // Por esta conexión piden muchos: que la API no la haga esperar entera por uno.
      via: '1.1 ui',
    }),
    rewriteHeaders: (cabeceras) => {
      const suyas = escoger(cabeceras, DE_VUELTA)
      return typeof suyas.link === 'string' ? { ...suyas, link: conPrefijo(suyas.link) } : suyas
    },
    onError: (respuesta, { error }) => alFallar(respuesta as FastifyReply, error),
    // La API dice cuándo repetir; repite quien pidió.
    retryDelay: () => null,
  },
})

/** `/api/*` es la API, con su mismo camino: lleva firmada la sesión de quien pide y nada más que lo que hace falta. */
export const rutasDeApi =
  (partes: Partes): FastifyPluginAsync =>
  async (servidor) => {
    servidor.decorateRequest('sesion', undefined)
    servidor.removeAllContentTypeParsers()
    servidor.addHook('onRequest', (peticion, respuesta, seguir) => {
      try {
        exigirPublico(peticion)
        exigirPropio(peticion, partes.permitidos)
        conSesion(peticion, respuesta)
      } catch (error) {
        seguir(error as Error)
        return
      }
      seguir()
    })
    await servidor.register(proxy, opcionesDelProxy(partes))
  }
