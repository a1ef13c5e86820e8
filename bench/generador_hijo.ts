// El proceso que pide: comparte con el servidor la máquina, nunca el hilo.
import { WebSocket } from 'ws'
import { cuantil } from './estadistica.ts'
import { type CargaGrpc, cargarGrpc } from './grpc.ts'
import { atender } from './hijo.ts'
import { type Carga, cargar, type Recibido } from './http_crudo.ts'
import { COOKIES } from './peticiones.ts'

/** `uso`: qué parte de un núcleo gastó el generador; cerca de 1 sería él, y no el servidor, lo que se mide. */
export type Cargado = Readonly<{ inicio: number; fin: number; respuestas: number; p50: number; p99: number; uso: number }>

/** Un navegador que escucha: resuelve cuando ya está suscrito. */
const escuchar = (puerto: number, cookie: string): Promise<void> =>
  new Promise((listo, fallar) => {
    const enchufe = new WebSocket(`ws://127.0.0.1:${puerto}/`, { headers: { cookie } })
    enchufe.once('message', () => listo())
    enchufe.on('error', fallar)
  })

const contar = async (correr: () => Promise<Recibido>): Promise<Cargado> => {
  const antes = process.cpuUsage()
  const { inicio, fin, latencias } = await correr()
  const { user, system } = process.cpuUsage(antes)
  const uso = (user + system) / 1_000 / (fin - inicio)
  return { inicio, fin, respuestas: latencias.length, p50: cuantil(latencias, 0.5), p99: cuantil(latencias, 0.99), uso }
}

const ordenes = {
  /** Abre un WebSocket por viajero, que dura lo que este proceso. */
  escuchar: async ({ puerto }: { puerto: number }): Promise<void> => {
    await Promise.all(COOKIES.map((cookie) => escuchar(puerto, cookie)))
  },
  cargar: (carga: Carga) => contar(() => cargar(carga)),
  cargarGrpc: (carga: CargaGrpc) => contar(() => cargarGrpc(carga)),
}
export type OrdenesDelGenerador = typeof ordenes

atender(ordenes)
