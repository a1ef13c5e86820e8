import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Conexiones, Solicitud, Vigilada } from './conexiones.ts'
import type { LimitesDeUi } from './limites.ts'

const REINICIO = 1012
const VUELVE_LUEGO = 1013
const DEMASIADO = 1008
const MINUTO_MS = 60_000

type Partes = Readonly<{ conexiones: Conexiones; entorno: Entorno; limites: LimitesDeUi }>

export type EnchufesWeb = Readonly<{
  /** Atiende el `upgrade` de un servidor HTTP. */
  atender: (peticion: IncomingMessage, socket: Duplex, cabeza: Buffer) => void
  /** Despide a todos y espera a que cierren; a quien no lo hace, lo corta. */
  detener: () => Promise<void>
}>

/** El WebSocket en `/`. Sólo salen tramas de texto; lo que entra se cuenta y se ignora. */
export const crearEnchufesWeb = ({ conexiones, entorno, limites }: Partes): EnchufesWeb => {
  const servidor = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: limites.entrada })
  let cerrando = false
  return {
    atender: (peticion, socket, cabeza) => {
      const solicitud = cerrando ? 503 : leer(conexiones, peticion)
      if (typeof solicitud === 'number') return rechazar(socket, solicitud)
      servidor.handleUpgrade(peticion, socket, cabeza, (enchufe) => conectar({ conexiones, entorno, limites }, enchufe, solicitud))
    },
    detener: async () => {
      cerrando = true
      await Promise.all([...servidor.clients].map((enchufe) => cerrar(enchufe, entorno, limites.despedida)))
    },
  }
}

const leer = (conexiones: Conexiones, peticion: IncomingMessage): Solicitud | number =>
  /^\/(?:$|\?)/.test(peticion.url ?? '') ? conexiones.leer(peticion, undefined) : 404

const rechazar = (socket: Duplex, estado: number): void => {
  socket.on('error', () => socket.destroy())
  const reintento = estado === 429 || estado === 503 ? 'Retry-After: 1\r\n' : ''
  socket.end(`HTTP/1.1 ${estado} ${STATUS_CODES[estado]}\r\n${reintento}Connection: close\r\nContent-Length: 0\r\n\r\n`)
}

const conectar = ({ conexiones, entorno, limites }: Partes, enchufe: WebSocket, solicitud: Solicitud): void => {
  const pendientes = () => enchufe.bufferedAmount
  const cortar = () => enchufe.terminate()
  // Lo primero puede salir antes de que `agregar` devuelva: entonces aún no hay a quién avisar que salió.
  let vigilada: Vigilada | undefined
  const salio = () => vigilada?.avance()
  vigilada = conexiones.agregar(
    solicitud,
    { pendientes, cortar, ping: () => enchufe.ping() },
    {
      enviar: ({ json }) => enchufe.send(json, { binary: false }, salio),
      pendientes,
      cortar,
      despedir: () => enchufe.close(VUELVE_LUEGO),
    },
  )
  const { senal, soltar } = vigilada
  const dentroDelCupo = crearCupo(entorno, limites.mensajesPorMinuto)
  enchufe.on('pong', senal)
  enchufe.on('message', () => {
    senal()
    if (!dentroDelCupo()) enchufe.close(DEMASIADO)
  })
  enchufe.on('ping', () => {
    if (!dentroDelCupo()) enchufe.close(DEMASIADO)
  })
  enchufe.on('close', soltar)
  // Una trama mal hecha: `ws` ya cierra con su código.
  enchufe.on('error', () => {})
}

/** Si cabe uno más en este minuto. */
const crearCupo = ({ reloj }: Entorno, maximo: number): (() => boolean) => {
  let [desde, cuantos] = [reloj.monotono(), 0]
  return () => {
    const ahora = reloj.monotono()
    if (ahora - desde > MINUTO_MS) [desde, cuantos] = [ahora, 0]
    return ++cuantos <= maximo
  }
}

const cerrar = (enchufe: WebSocket, { planificador }: Entorno, ms: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const plazo = planificador.tras(ms, () => enchufe.terminate())
  enchufe.once('close', () => {
    plazo.cancelar()
    resolve()
  })
  enchufe.close(REINICIO)
  return promise
}
