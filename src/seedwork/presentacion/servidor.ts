import { isUtf8 } from 'node:buffer'
import type { Server } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type HookHandlerDoneFunction,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import { type Actor, ANONIMO } from '../aplicacion/actor.ts'
import type { Origen } from '../aplicacion/origen.ts'
import { ErrorDominio, type Texto } from '../dominio/errores.ts'
import type { Instante } from '../dominio/instante.ts'
import type { Ids } from '../infraestructura/puertos.ts'
import { type ClaveActor, lectorDeActores } from './actor.ts'
import type { Aforo } from './aforo.ts'
import { errorDeOrilla } from './catalogo.ts'
import { responderConexionRota } from './conexion_rota.ts'
import { correlacionDe, traceparentDe } from './correlacion.ts'
import { esClaveProhibida, LIMITES_JSON, type LimitesJson, leerJson } from './json_acotado.ts'
import type { Metricas } from './metricas.ts'
import { rutaDeProblemas } from './paginas_de_problemas.ts'
import { enviarProblema, problemaDe, problemaDeOrilla } from './problema.ts'
import type { Explicaciones } from './problemas_comunes.ts'
import { crearTablaDeRutas, type TablaDeRutas } from './rutas.ts'
import { errorDeValidacion } from './validacion.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Quien pide, según `X-Actor`; el anónimo si no lo dice. */
    actor: Actor
    /** La operación que el pedido abrió, si abrió una: sale en la línea de bitácora. */
    operacion: string | undefined
    /** El código del problema con que se respondió, si lo hubo. */
    codigo: string | undefined
    /** Si ya tiene su línea en la bitácora. */
    anotada: boolean
    readonly correlacion: string
    readonly traceparent: string | undefined
    /** Lo que se pida por esta petición sale de quien la firma, en su conversación y con su traza. */
    readonly origen: Origen
  }
}

/** Un formato de texto propio (`format` en los esquemas): cuándo se cumple y qué se dice cuando no. */
export type Formato = Readonly<{ seCumple: (texto: string) => boolean; texto: Texto }>

/** Bytes y milisegundos. */
export type Limites = LimitesJson & Readonly<{ cuerpo: number; cabeceras: number; esperaCabeceras: number; esperaPeticion: number }>

export const LIMITES: Limites = { ...LIMITES_JSON, cuerpo: 65_536, cabeceras: 16_384, esperaCabeceras: 10_000, esperaPeticion: 30_000 }

export type DatosDelServidor = Readonly<{
  bitacora: Logger
  ids: Ids
  /** Con qué clave se comprueba `X-Actor`, y a qué hora. Sin esto todos son anónimos. */
  autenticacion?: Readonly<{ clave: ClaveActor; ahora: () => Instante }>
  metricas?: Metricas
  /** Cuántos pedidos que escriben se atienden a la vez. Sin esto, todos. */
  aforo?: Aforo
  limites?: Partial<Limites>
  formatos?: Readonly<Record<string, Formato>>
  /** Los códigos de error propios de este servicio, para sus páginas `/problemas/:codigo`. */
  problemas?: Explicaciones
}>

const SEGURIDAD: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** El estado con que se anota a quien no esperó la respuesta: no lo recibe nadie. */
const CLIENTE_AUSENTE = 499

/** Fastify escribe dos líneas por petición; aquí basta una, la de `anotar`. */
class BitacoraCallada extends LogController {
  override incomingRequest(): void {}
  override requestCompleted(): void {}
}

const opcionesDe = (datos: DatosDelServidor, limites: Limites): FastifyHttpOptions<Server> => {
  const formatos = datos.formatos ?? {}
  const frases = Object.fromEntries(Object.entries(formatos).map(([nombre, { texto }]) => [nombre, texto]))
  const formats = Object.fromEntries(Object.entries(formatos).map(([nombre, { seCumple }]) => [nombre, seCumple]))
  return {
    loggerInstance: datos.bitacora as FastifyBaseLogger,
    logController: new BitacoraCallada(),
    childLoggerFactory: (bitacora) => bitacora,
    genReqId: (cruda) => correlacionDe(cruda.headers['x-correlation-id'], datos.ids),
    bodyLimit: limites.cuerpo,
    requestTimeout: limites.esperaPeticion,
    http: {
      maxHeaderSize: limites.cabeceras,
      headersTimeout: limites.esperaCabeceras,
      // Node respondería él, sin decir qué falta: se le dice aquí (`engancharPeticiones`).
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(1_000, limites.esperaCabeceras),
    },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true, allErrors: true, formats } },
    schemaErrorFormatter: (errores, donde) => errorDeValidacion(errores, donde, frases),
    frameworkErrors: (error, peticion, respuesta) => responderFueraDeRuta(datos, error, peticion, respuesta),
    clientErrorHandler: (error, socket) => {
      const codigo = responderConexionRota(error, socket, datos.ids)
      if (codigo !== undefined) datos.bitacora.info({ codigo }, 'conexión rota')
    },
  }
}

const interpretar = (limites: Limites, cuerpo: Buffer): unknown => {
  if (!isUtf8(cuerpo)) throw errorDeOrilla('json_mal_formado')
  return leerJson(cuerpo.toString('utf8'), limites)
}

const sinClavesProhibidas = (consulta: unknown): void => {
  for (const clave in consulta as object) if (esClaveProhibida(clave)) throw errorDeOrilla('clave_prohibida')
}

const ponerCabeceras = (peticion: FastifyRequest, respuesta: FastifyReply): void => {
  for (const nombre in SEGURIDAD) respuesta.header(nombre, SEGURIDAD[nombre])
  respuesta.header('x-correlation-id', peticion.id)
}

const anotar = ({ bitacora, metricas }: DatosDelServidor, peticion: FastifyRequest, respuesta: FastifyReply, estado: number): void => {
  peticion.anotada = true
  const ruta = peticion.routeOptions.url ?? 'ninguna'
  const { id: correlacion, method: metodo, operacion, codigo } = peticion
  const ms = respuesta.elapsedTime
  // De las negativas, que llegan de a mil por segundo, basta su cuenta: una línea cada una costaría más que darlas.
  if (codigo !== 'demasiados_a_la_vez')
    bitacora.info({ metodo, ruta, estado, ms: Math.round(ms * 100) / 100, correlacion, operacion, codigo }, 'respuesta')
  metricas?.anotarRespuesta({ ruta, metodo, estado, ms })
}

/** Fastify sólo avisa de las respuestas que terminan. Si el cliente se fue antes, lo que pidió pudo hacerse igual: también se anota. */
const anotarSiSeVa = (datos: DatosDelServidor, peticion: FastifyRequest, respuesta: FastifyReply): void => {
  respuesta.raw.on('close', () => {
    if (peticion.anotada) return
    peticion.codigo = 'cliente_ausente'
    anotar(datos, peticion, respuesta, respuesta.raw.headersSent ? respuesta.statusCode : CLIENTE_AUSENTE)
  })
}

/** Errores que Fastify encuentra antes de tener ruta: los hooks no corren, así que aquí se hace lo suyo. */
const responderFueraDeRuta = (datos: DatosDelServidor, error: FastifyError, peticion: FastifyRequest, respuesta: FastifyReply): void => {
  ponerCabeceras(peticion, respuesta)
  enviarProblema(peticion, respuesta, problemaDe(error))
  anotar(datos, peticion, respuesta, respuesta.statusCode)
}

const responderSinRuta = (rutas: TablaDeRutas, peticion: FastifyRequest, respuesta: FastifyReply): void => {
  const metodos = rutas.metodosDe(peticion.url.split('?', 1)[0] ?? '')
  const sinMetodo = metodos.length > 0 && !metodos.includes(peticion.method)
  const problema = sinMetodo ? problemaDeOrilla('metodo_no_permitido', { allow: metodos.join(', ') }) : problemaDeOrilla('ruta_desconocida')
  enviarProblema(peticion, respuesta, problema)
}

const responderError = ({ bitacora }: DatosDelServidor, error: unknown, peticion: FastifyRequest, respuesta: FastifyReply): void => {
  const problema = problemaDe(error)
  if (problema.estado === 500) bitacora.error({ err: error, correlacion: peticion.id }, 'error sin prever')
  else if (error instanceof ErrorDominio && error.cause !== undefined)
    bitacora.warn({ err: error.cause, correlacion: peticion.id }, error.message)
  // Fastify cierra la conexión ante un cuerpo que no le gusta; no hace falta, y quien aún lo escribe perdería la respuesta.
  respuesta.removeHeader('connection')
  enviarProblema(peticion, respuesta, problema)
}

const decorar = (servidor: FastifyInstance): void => {
  servidor.decorateRequest('actor', null as unknown as Actor)
  servidor.decorateRequest('operacion', undefined)
  servidor.decorateRequest('codigo', undefined)
  servidor.decorateRequest('anotada', false)
  servidor.decorateRequest('correlacion', {
    getter() {
      return this.id
    },
  })
  servidor.decorateRequest('traceparent', {
    getter() {
      return traceparentDe(this.headers.traceparent)
    },
  })
  servidor.decorateRequest('origen', {
    getter() {
      const { actor, id: correlacion, traceparent: traza } = this
      return { actor, correlacion, causa: correlacion, ...(traza !== undefined && { traza }) }
    },
  })
}

/** Quién pide, según su cabecera y la hora. */
const quienPide = ({ autenticacion }: DatosDelServidor): ((cabecera: string | undefined) => Actor) => {
  if (autenticacion === undefined) return () => ANONIMO
  const leer = lectorDeActores(autenticacion.clave)
  return (cabecera) => leer(cabecera, autenticacion.ahora())
}

/** HTTP/1.1 exige la cabecera `Host`; HTTP/1.0 no la tenía. */
const sinHost = ({ headers, raw }: FastifyRequest): boolean => headers.host === undefined && raw.httpVersion === '1.1'

const engancharPeticiones = (servidor: FastifyInstance, datos: DatosDelServidor, rutas: TablaDeRutas): void => {
  const actorDe = quienPide(datos)
  let cerrando = false
  servidor.addHook('preClose', (seguir) => {
    cerrando = true
    seguir()
  })
  servidor.addHook('onRequest', (peticion: FastifyRequest, respuesta: FastifyReply, seguir: HookHandlerDoneFunction) => {
    ponerCabeceras(peticion, respuesta)
    anotarSiSeVa(datos, peticion, respuesta)
    if (cerrando) return enviarProblema(peticion, respuesta, problemaDeOrilla('cerrando'))
    if (sinHost(peticion)) return enviarProblema(peticion, respuesta, problemaDeOrilla('peticion_mal_formada'))
    // Antes de leer el cuerpo: lo que no existe no tiene cuerpo que esté mal.
    if (peticion.is404) return responderSinRuta(rutas, peticion, respuesta)
    // Antes de comprobar quién es y de leer qué pide: negarse tiene que costar poco.
    if (datos.aforo?.cabe(peticion) === false) return datos.aforo.negar(peticion, respuesta)
    try {
      peticion.actor = actorDe(peticion.headers['x-actor'] as string | undefined)
      sinClavesProhibidas(peticion.query)
    } catch (error) {
      return seguir(error as Error)
    }
    seguir()
  })
  // Con el pedido ya leído: quien escribe el suyo gota a gota no le quita el lugar a nadie.
  servidor.addHook('preValidation', (peticion, respuesta, seguir) => {
    if (datos.aforo?.entrar(peticion) === false) return datos.aforo.negar(peticion, respuesta)
    seguir()
  })
  // Quien guarda su conexión la soltaría tarde: la respuesta que sale mientras se cierra es la última de la suya.
  servidor.addHook('onSend', (peticion, respuesta, carga, seguir) => {
    datos.aforo?.salir(peticion)
    if (cerrando) respuesta.header('connection', 'close')
    seguir(null, carga)
  })
  servidor.addHook('onResponse', (peticion, respuesta, seguir) => {
    anotar(datos, peticion, respuesta, respuesta.statusCode)
    seguir()
  })
}

/**
 * Un servidor HTTP con todo lo que no es de ningún módulo: límites, JSON acotado, problemas RFC 9457 en dos idiomas,
 * 405 con `Allow`, correlación, actor, cabeceras de seguridad, una línea de bitácora por respuesta y `/problemas/:codigo`.
 * No escucha: eso es de quien lo compone. Los tipos nunca se convierten: los parámetros de ruta y consulta se declaran
 * como texto con `pattern` y quien los usa los interpreta. Lo que no es API (páginas) pone encima su propia política.
 */
export const crearServidor = (datos: DatosDelServidor): FastifyInstance => {
  const limites = { ...LIMITES, ...datos.limites }
  const servidor = Fastify(opcionesDe(datos, limites))
  const rutas = crearTablaDeRutas()
  servidor.addHook('onRoute', ({ method, url }) => rutas.anotar(method, url))
  // Una `Expect` que no es la de siempre se puede pasar por alto (RFC 9110 §10.1.1); Node respondería un 417 que no es un problema.
  servidor.server.on('checkExpectation', (peticion, respuesta) => servidor.server.emit('request', peticion, respuesta))
  servidor.removeAllContentTypeParsers()
  servidor.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_, cuerpo, listo) =>
    listo(null, interpretar(limites, cuerpo)),
  )
  decorar(servidor)
  engancharPeticiones(servidor, datos, rutas)
  servidor.setErrorHandler((error, peticion, respuesta) => responderError(datos, error, peticion, respuesta))
  servidor.setNotFoundHandler((peticion, respuesta) => responderSinRuta(rutas, peticion, respuesta))
  rutaDeProblemas(servidor, datos.problemas)
  return servidor
}
