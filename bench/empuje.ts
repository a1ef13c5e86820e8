// Los sellos del empuje, todos con el mismo reloj: el del proceso que atiende, responde y empuja.
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as dormir } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { type RawData, WebSocket } from 'ws'
import { cuantil } from './estadistica.ts'
import { ahoraMs } from './hijo.ts'

/** Milisegundos desde que la petición llegó: hasta que su respuesta se escribió, y hasta que se escribió la trama que dice cómo terminó. */
export type Empujado = Readonly<{ respuestaP99: number; empujeP50: number; empujeP99: number }>

type Trama = Readonly<{ data?: Readonly<{ id_reserva: string }>; evento?: string; id_operacion?: string | null }>
type Pedido = Readonly<{ llegada: number; respuesta: number }>
type Escrita = Readonly<{ trama: Buffer; escrita: number }>
type Anotado = Readonly<{ pedidos: Map<string, Pedido>; escritas: Escrita[] }>

let anotado: Anotado | undefined

/** Lo que un pedido promete está en su `Location`: una reserva, o una operación. Así se reconoce su trama. */
const llaveDeTrama = ({ data, evento, id_operacion }: Trama): string | null | undefined =>
  evento === 'OperacionTerminada' ? id_operacion : id_operacion === null ? data?.id_reserva : undefined

/** Sella lo que atienda cualquier servidor que este proceso cree después, y toda trama que salga por un WebSocket suyo. */
export const sellar = (): void => {
  const llegadas = new WeakMap<object, number>()
  subscribe('fastify.initialization', (mensaje) => {
    const { fastify } = mensaje as Readonly<{ fastify: FastifyInstance }>
    fastify.addHook('onRequest', ({ raw }, _, seguir) => {
      llegadas.set(raw, ahoraMs())
      seguir()
    })
    fastify.addHook('onResponse', ({ raw }, respuesta, seguir) => {
      const llave = String(respuesta.getHeader('location') ?? '')
        .split('/')
        .at(-1)
      if (llave) anotado?.pedidos.set(llave, { llegada: llegadas.get(raw) ?? Number.NaN, respuesta: ahoraMs() })
      seguir()
    })
  })
  const enviar = WebSocket.prototype.send
  const enviarSellando = function (this: WebSocket, trama: RawData, opciones: object, listo?: (error?: Error) => void) {
    const suyo = anotado
    enviar.call(this, trama, opciones, (error) => {
      if (!error && Buffer.isBuffer(trama)) suyo?.escritas.push({ trama, escrita: ahoraMs() })
      listo?.(error)
    })
  }
  WebSocket.prototype.send = enviarSellando as typeof enviar
}

/** Empieza a anotar lo sellado. Lo que devuelve espera la trama de cada pedido y lo resume; rechaza si alguna no sale en 5 s. */
export const anotar = (): (() => Promise<Empujado>) => {
  const { pedidos, escritas } = { pedidos: new Map<string, Pedido>(), escritas: [] as Escrita[] }
  anotado = { pedidos, escritas }
  const empujes = () =>
    escritas.flatMap(({ trama, escrita }) => {
      const pedido = pedidos.get(llaveDeTrama(JSON.parse(trama.toString())) ?? '')
      return pedido === undefined ? [] : [escrita - pedido.llegada]
    })
  return async () => {
    const limite = ahoraMs() + ESPERA_MS
    while (empujes().length < pedidos.size && ahoraMs() < limite) await dormir(50)
    anotado = undefined
    const vistos = empujes()
    if (vistos.length !== pedidos.size) throw new Error(`Se respondió a ${pedidos.size} y se empujaron ${vistos.length}.`)
    const respuestas = [...pedidos.values()].map(({ llegada, respuesta }) => respuesta - llegada)
    return { respuestaP99: cuantil(respuestas, 0.99), empujeP50: cuantil(vistos, 0.5), empujeP99: cuantil(vistos, 0.99) }
  }
}

const ESPERA_MS = 5_000
