// El servidor que se mide, en su propio proceso.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as dormir } from 'node:timers/promises'
import { consultas } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Atraso } from 'seedwork/infraestructura/broker/puerto.ts'
import { abrirInterfaz, abrirServidor, type Servidor, type Variante } from './composicion.ts'
import { anotar, sellar } from './empuje.ts'
import { ahoraMs, atender } from './hijo.ts'

const MEGA = 1_048_576
const consulta = consultas<{ inbox: { consumidor: string } }>()
const contarEfectos = consulta((db, p: { consumidor: string }) =>
  db
    .selectFrom('inbox')
    .select((e) => e.fn.countAll<number>().as('total'))
    .where('consumidor', '=', p.consumidor),
)

const retraso = monitorEventLoopDelay({ resolution: 1 })
let servidor: Servidor
let uso = performance.eventLoopUtilization()
let cpu = process.cpuUsage()
let empujado: ReturnType<typeof anotar> | undefined

const ordenes = {
  abrir: async ({ variante, carpeta, clave }: { variante: Variante; carpeta: string; clave: string }) => {
    servidor = await abrirServidor(variante, { carpeta, clave: Buffer.from(clave, 'base64url') })
    return { puerto: servidor.puerto, grpc: servidor.grpc, rss: process.memoryUsage.rss() / MEGA }
  },
  /** Abre el servidor con la interfaz en el mismo proceso, como `npm start`, y sella lo que hagan. */
  abrirConInterfaz: async ({ carpeta, clave }: { carpeta: string; clave: string }) => {
    sellar()
    const bytes = Buffer.from(clave, 'base64url')
    servidor = await abrirServidor('completo', { carpeta, clave: bytes })
    return { puerto: servidor.puerto, interfaz: await abrirInterfaz(servidor, bytes) }
  },
  anotar: (_: object): void => {
    empujado = anotar()
  },
  /** Desde `anotar`. Lanza si a algún pedido no le salió su trama. */
  empujado: (_: object) => empujado?.(),
  /** Espera a que la suscripción (todas, si no se dice cuál) no tenga nada por saldar, y dice cuándo fue. */
  vaciar: async ({ suscripcion }: { suscripcion?: string }): Promise<number> => {
    const queda = ({ suscripcion: cual, pendientes }: Atraso) => pendientes > 0 && (suscripcion ?? cual) === cual
    while (servidor.sistema.broker.atrasos().some(queda)) await dormir(1)
    return ahoraMs()
  },
  /** Cuántos mensajes ha hecho efectivos un consumidor en toda la vida del almacén. */
  efectos: async ({ consumidor }: { consumidor: string }): Promise<number> =>
    (await servidor.sistema.almacen.lector.una(contarEfectos, { consumidor }))?.total ?? 0,
  vigilar: (_: object): void => {
    retraso.reset()
    retraso.enable()
    uso = performance.eventLoopUtilization()
    cpu = process.cpuUsage()
  },
  /** Desde `vigilar`: procesador gastado (µs), parte del tiempo en que el bucle de eventos estuvo ocupado y p99 de su retraso (ms). */
  vigilado: (_: object) => {
    retraso.disable()
    const { user, system } = process.cpuUsage(cpu)
    return {
      cpuUs: user + system,
      usoDelBucle: performance.eventLoopUtilization(uso).utilization,
      retrasoP99: retraso.percentile(99) / 1e6,
      /** La mayor desde que arrancó (MB). */
      rssMaxima: process.resourceUsage().maxRSS / 1_024,
    }
  },
}
export type OrdenesDelServidor = typeof ordenes

atender(ordenes)
