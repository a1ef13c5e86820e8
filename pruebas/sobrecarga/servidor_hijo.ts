// El servidor al que se le pide de más, en su proceso: el sistema completo, y cuánto tardó en negarse cada vez.
import { subscribe } from 'node:diagnostics_channel'
import { performance } from 'node:perf_hooks'
import { setTimeout as dormir } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { abrirServidor, type Servidor } from '../../bench/composicion.ts'
import { cuantil } from '../../bench/estadistica.ts'
import { atender } from '../../bench/hijo.ts'

const NEGADO = 503
const MEGA = 1_048_576

let servidor: Servidor
let negativas: number[] = []
let enVuelo = 0
let enVueloMaximo = 0
let desde = { cpu: process.cpuUsage(), ms: performance.now() }

/** Mide, en cualquier servidor que este proceso cree después, desde que un pedido se leyó hasta que se le respondió que no, y cuántos se atienden. */
const sellar = (): void => {
  const llegadas = new WeakMap<object, number>()
  subscribe('fastify.initialization', (mensaje) => {
    const { fastify } = mensaje as Readonly<{ fastify: FastifyInstance }>
    fastify.addHook('onRequest', ({ raw }, _, seguir) => {
      llegadas.set(raw, performance.now())
      seguir()
    })
    const admitidos = new WeakSet<object>()
    fastify.addHook('preParsing', ({ raw }, _, __, seguir) => {
      admitidos.add(raw)
      enVuelo += 1
      enVueloMaximo = Math.max(enVueloMaximo, enVuelo)
      seguir()
    })
    fastify.addHook('onResponse', ({ raw }, { statusCode }, seguir) => {
      if (admitidos.delete(raw)) enVuelo -= 1
      if (statusCode === NEGADO) negativas.push(performance.now() - (llegadas.get(raw) ?? Number.NaN))
      seguir()
    })
  })
}

/** Parte de un núcleo que este proceso gastó. */
const usoDesde = ({ cpu, ms }: typeof desde): number => {
  const { user, system } = process.cpuUsage(cpu)
  return (user + system) / 1_000 / (performance.now() - ms)
}

const ordenes = {
  abrir: async ({ carpeta, clave }: { carpeta: string; clave: string }) => {
    sellar()
    servidor = await abrirServidor('completo', { carpeta, clave: Buffer.from(clave, 'base64url') })
    return { puerto: servidor.puerto, rss: process.memoryUsage.rss() / MEGA }
  },
  vigilar: (_: object): void => {
    negativas = []
    enVueloMaximo = enVuelo
    desde = { cpu: process.cpuUsage(), ms: performance.now() }
  },
  /** Desde `vigilar`, lo que tardaron las negativas (ms) y los más que se atendieron a la vez; y lo más que el proceso ocupó desde que arrancó (MB). */
  vigilado: (_: object) => ({
    negativas: negativas.length,
    enVueloMaximo,
    uso: usoDesde(desde),
    p50: negativas.length === 0 ? 0 : cuantil(negativas, 0.5),
    p99: negativas.length === 0 ? 0 : cuantil(negativas, 0.99),
    rssMaxima: process.resourceUsage().maxRSS / 1_024,
  }),
  /** Espera a que ninguna suscripción tenga nada por saldar. */
  vaciar: async (_: object): Promise<void> => {
    while (servidor.sistema.broker.atrasos().some(({ pendientes }) => pendientes > 0)) await dormir(5)
  },
}
export type OrdenesDelServidor = typeof ordenes

atender(ordenes)
