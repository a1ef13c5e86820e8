// El servidor que se mide, en su propio proceso.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as dormir } from 'node:timers/promises'
import { consultas } from 'seedwork/infraestructura/almacen/consultas.ts'
import { abrirServidor, type Servidor, type Variante } from './composicion.ts'
import { ahoraMs, atender } from './hijo.ts'

const MEGA = 1_048_576
const consulta = consultas<{ inbox: { consumidor: string } }>()
const contarEfectos = consulta((db, p: { consumidor: string }) =>
  db
    .selectFrom('inbox')
    .select((e) => e.fn.countAll<number>().as('total'))
    .where('consumidor', '=', p.consumidor),
)

const retraso = monitorEventLoopDelay({ resolution: 10 })
let servidor: Servidor
let uso = performance.eventLoopUtilization()

const ordenes = {
  abrir: async ({ variante, carpeta, clave }: { variante: Variante; carpeta: string; clave: string }) => {
    servidor = await abrirServidor(variante, { carpeta, clave: Buffer.from(clave, 'base64url') })
    return { puerto: servidor.puerto, rss: process.memoryUsage.rss() / MEGA }
  },
  /** Espera a que la suscripción no tenga nada por saldar, y dice cuándo fue. */
  vaciar: async ({ suscripcion }: { suscripcion: string }): Promise<number> => {
    const queda = () => servidor.sistema.broker.atrasos().some((atraso) => atraso.suscripcion === suscripcion && atraso.pendientes > 0)
    while (queda()) await dormir(1)
    return ahoraMs()
  },
  /** Cuántos mensajes ha hecho efectivos un consumidor en toda la vida del almacén. */
  efectos: async ({ consumidor }: { consumidor: string }): Promise<number> =>
    (await servidor.sistema.almacen.lector.una(contarEfectos, { consumidor }))?.total ?? 0,
  vigilar: (_: object): void => {
    retraso.reset()
    retraso.enable()
    uso = performance.eventLoopUtilization()
  },
  /** Desde `vigilar`: el p99 del retraso del bucle de eventos (ms) y qué parte del tiempo estuvo ocupado. Y la memoria máxima (MB). */
  vigilado: (_: object) => {
    retraso.disable()
    const { utilization } = performance.eventLoopUtilization(uso)
    return { retrasoP99: retraso.percentile(99) / 1e6, uso: utilization, rssMaxima: process.resourceUsage().maxRSS / 1_024 }
  },
}
export type OrdenesDelServidor = typeof ordenes

atender(ordenes)
