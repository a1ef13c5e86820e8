import { WebSocket } from 'ws'
import type { Cancelable, Entorno } from '../../puertos.ts'
import { errorDeEstado, pulsarNoDisponible } from './errores.ts'
import { cabecerasDe, caDe, type ServicioPulsar } from './servicio.ts'

/** Pulsar cierra al que calla (5 minutos, si no se le dijo otra cosa): más bajo allí, antes suelta a un proceso dormido. */
const ENTRE_PINGS_MS = 5_000
/** Quien no contesta a estos seguidos está muerto aunque su conexión parezca abierta. */
const SIN_RESPUESTA = 4
const PLAZO_DE_CIERRE_MS = 2_000
const CUERPO_MAXIMO = 4_096

/** Un WebSocket abierto con Pulsar. */
export type Enchufe = Readonly<{
  enviar: (texto: string) => void
  /** Termina de enviar y se despide. */
  cerrar: () => Promise<void>
  /** Lo corta. */
  cortar: () => void
}>

type Opciones = Readonly<{
  servicio: ServicioPulsar
  entorno: Pick<Entorno, 'planificador'>
  url: string
  alRecibir: (texto: string) => void
  /** Una vez, después de abierto, se cierre como se cierre. */
  alCerrar: (motivo: string) => void
}>

/** Abre un WebSocket. Rechaza con `pulsar_no_disponible` si no se pudo, o con la frase del rechazo si repetir no lo arregla. */
export const enchufar = ({ servicio, entorno, url, alRecibir, alCerrar }: Opciones): Promise<Enchufe> => {
  const ca = caDe(servicio)
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    handshakeTimeout: 10_000,
    maxPayload: 16 * 1_024 * 1_024,
    headers: cabecerasDe(servicio),
    ...(ca !== undefined && { ca }),
  })
  const { promise, resolve, reject } = Promise.withResolvers<Enchufe>()
  const cerrado = Promise.withResolvers<void>()
  let abierto = false
  socket.on('unexpected-response', (_, respuesta) => {
    let cuerpo = ''
    respuesta.on('data', (trozo: Buffer) => {
      if (cuerpo.length < CUERPO_MAXIMO) cuerpo += trozo.toString('utf8')
    })
    respuesta.on('end', () => {
      reject(Object.assign(errorDeEstado(servicio, respuesta.statusCode ?? 0, titulo(cuerpo)), { estado: respuesta.statusCode }))
      socket.terminate()
    })
  })
  socket.on('error', (error) => reject(pulsarNoDisponible(servicio, error.message, error)))
  socket.on('message', (datos) => alRecibir(String(datos)))
  socket.on('close', (codigo, razon) => {
    cerrado.resolve()
    reject(pulsarNoDisponible(servicio, `cerró al abrir, ${codigo}`))
    if (abierto) alCerrar(`${codigo} ${razon}`.trim())
  })
  socket.on('open', () => {
    abierto = true
    latir(socket, entorno)
    resolve({
      enviar: (texto) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(texto)
      },
      cerrar: () => {
        const plazo = entorno.planificador.tras(PLAZO_DE_CIERRE_MS, () => socket.terminate())
        socket.close()
        return cerrado.promise.finally(plazo.cancelar)
      },
      cortar: () => socket.terminate(),
    })
  })
  return promise
}

/** El título de la página de error que Pulsar pone al rechazar, que es donde dice por qué. */
const titulo = (html: string): string => (/<title>([^<]*)/.exec(html)?.[1] ?? html.slice(0, 200)).replace(/^Error \d+ /, '').trim()

const latir = (socket: WebSocket, { planificador }: Pick<Entorno, 'planificador'>): void => {
  let callados = 0
  let siguiente: Cancelable | undefined
  const vive = (): void => {
    callados = 0
  }
  socket.on('pong', vive)
  socket.on('message', vive)
  const latido = (): void => {
    if (++callados > SIN_RESPUESTA) {
      socket.terminate()
      return
    }
    socket.ping()
    siguiente = planificador.tras(ENTRE_PINGS_MS, latido)
  }
  siguiente = planificador.tras(ENTRE_PINGS_MS, latido)
  socket.on('close', () => siguiente?.cancelar())
}
