import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Actor } from 'seedwork/aplicacion/actor.ts'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import type { EsquemasConocidos } from 'seedwork/infraestructura/mensajes/lectura.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { type Metricas, rutaDeMetricas } from 'seedwork/presentacion/metricas.ts'
import { crearServidor } from 'seedwork/presentacion/servidor.ts'
import { crearReparto } from './flujo/reparto.ts'
import { rutasDeApi } from './web/api.ts'
import { type Buzon, rutasDeBuzon } from './web/buzon.ts'
import { crearConexiones } from './web/conexiones.ts'
import { limitarBusquedas } from './web/cupo_de_busqueda.ts'
import { LIMITES_DE_UI, type LimitesDeUi } from './web/limites.ts'
import { rutasDePagina } from './web/pagina.ts'
import { leerPaquete } from './web/paquete.ts'
import { leerProblemas } from './web/problemas.ts'
import { rutaDeEventos } from './web/sse.ts'
import { crearEnchufesWeb } from './web/websocket.ts'

export type { Buzon, Correo, CorreoResumen } from './web/buzon.ts'

export type PartesDeUi = Readonly<{
  /** De donde se leen los hechos: una lectura de cada tópico por proceso. */
  broker: Pick<Broker, 'leer'>
  esquemas: EsquemasConocidos
  /** La dirección de la API. */
  api: string
  /** La cabecera `X-Actor` con que la API reconoce a quien pide. */
  firmar: (actor: Actor) => string
  bitacora: Logger
  entorno: Entorno
  opciones?: Readonly<{
    /** Cada evento a todos, como en la clase del tutorial. */
    emitirTodo?: boolean
    /** Orígenes que, además del propio, pueden escuchar y pedir. */
    origenes?: readonly string[]
    /** La carpeta de la página. */
    vistas?: string
    /** Donde `armar.ts` dejó la página ya empaquetada. Sin ella se empaqueta al arrancar. */
    armada?: string
    limites?: Partial<LimitesDeUi>
  }>
  /** El buzón embebido, donde lo hay. */
  buzon?: Buzon
  /** Las de este proceso, si son suyas: se publican en `/metrics`. */
  metricas?: Metricas
}>

export type Ui = Readonly<{
  /** Escucha y devuelve la dirección. Rechaza con `EADDRINUSE` si el puerto está ocupado. */
  escuchar: (donde: { host: string; puerto: number }) => Promise<string>
  /** En orden: despide a quien escucha (1012), termina lo que está en curso y deja de leer. */
  detener: () => Promise<void>
}>

/**
 * Lo que ve el navegador: la página, la API bajo `/api` y lo que ocurre según ocurre, por WebSocket en `/` o SSE en `/eventos`. No guarda
 * nada: puede haber varios a la vez y cada uno entrega a los suyos. Sin API o sin broker también atiende, y lo dice.
 */
export const crearUi = async ({
  broker,
  esquemas,
  api,
  firmar,
  bitacora,
  entorno,
  opciones = {},
  buzon,
  metricas,
}: PartesDeUi): Promise<Ui> => {
  const { emitirTodo = false, origenes: permitidos = [], vistas = join(import.meta.dirname, 'vistas'), armada } = opciones
  const limites = { ...LIMITES_DE_UI, ...opciones.limites }
  const paquete = armada ? await leerPaquete(armada) : await (await import('./web/empaquetar.ts')).empaquetar(vistas)
  const reparto = crearReparto({ broker, esquemas, entorno, bitacora, emitirTodo, limites })
  const conexiones = crearConexiones({ reparto, entorno, permitidos, emitirTodo, limites })
  const enchufes = crearEnchufesWeb({ conexiones, entorno, limites })

  const servidor = crearServidor({ bitacora, ids: entorno.ids, problemas: leerProblemas(), ...(metricas !== undefined && { metricas }) })
  limitarBusquedas(servidor, entorno)
  servidor.server.on('upgrade', (peticion, socket: Socket, cabeza) => enchufes.atender(peticion, socket, cabeza))
  servidor.addHook('preClose', () => enchufes.detener())
  await servidor.register(rutasDeApi({ api, plazoMs: limites.api, firmar, permitidos }))
  rutaDeEventos(servidor, conexiones)
  if (buzon !== undefined) rutasDeBuzon(servidor, buzon)
  if (metricas !== undefined) rutaDeMetricas(servidor, metricas)
  servidor.get('/health', () => ({ status: 'up' }))
  servidor.get('/health/ready', () => {
    const lee = reparto.disponible()
    return { status: lee ? 'up' : 'degradado', broker: lee, conexiones: conexiones.medir() }
  })
  rutasDePagina(servidor, paquete)

  return {
    escuchar: async ({ host, puerto }) => {
      const direccion = await servidor.listen({ host, port: puerto, listenTextResolver: (donde) => `la interfaz escucha en ${donde}` })
      reparto.arrancar()
      return direccion
    },
    detener: async () => {
      conexiones.detener()
      await servidor.close()
      await reparto.detener()
    },
  }
}
