// El sistema que se ataca, entero y en su propio proceso: su memoria, sus rechazos sin atender y sus prototipos son sólo suyos.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { crearApi } from 'aeroalpes-api/api/servidor.ts'
import { crearProceso, type Proceso } from 'aeroalpes-api/proceso.ts'
import pino from 'pino'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { crearSidecar } from 'sidecar/servidor.ts'
import { abrirInterfaz } from '../../../bench/composicion.ts'
import { atender } from '../../../bench/hijo.ts'
import { hasta } from '../../../src/seedwork/pruebas/hasta.ts'

/** `control`: con una ruta rota a propósito. */
type Abrir = Readonly<{ carpeta: string; clave: string; control: boolean }>

const LOCAL = { host: '127.0.0.1', puerto: 0 }
const VACIAR_MS = 80_000
const BASTANTES = 50

const fallas: string[] = []
const anotar = (que: string): void => void (fallas.length < BASTANTES && fallas.push(que))
process.on('unhandledRejection', (motivo) => anotar(`rechazo sin atender: ${motivo instanceof Error ? motivo.stack : String(motivo)}`))
process.on('uncaughtException', (error) => anotar(`excepción sin atender: ${error.stack}`))

/** Lo que la bitácora dice con nivel de error: nada de lo hostil debería llegar ahí. */
const bitacora = pino({ level: 'error' }, { write: (linea: string) => anotar(`bitácora: ${linea.slice(0, 1_500)}`) })

let proceso: Proceso

type Objeto = { [clave: string]: unknown }

/** La mezcla de siempre, que entra en `__proto__` como en cualquier otra clave. */
const mezclar = (destino: Objeto, fuente: Objeto): void => {
  for (const [clave, valor] of Object.entries(fuente)) {
    const propio = destino[clave] ?? {}
    if (typeof valor === 'object' && valor !== null) mezclar(propio as Objeto, valor as Objeto)
    destino[clave] = typeof valor === 'object' ? propio : valor
  }
}

/** Lo que ocupa el bucle cada vez una ruta que calcula de más. */
const ATASCO_MS = 6
const RETIENE_BYTES = 65_536

const atascar = (): void => {
  const hasta = performance.now() + ATASCO_MS
  while (performance.now() < hasta);
}

/** Lo que dos rutas descuidadas hacen: una guarda y mezcla lo que recibe, lanza lo que no previó y deja una promesa sin atender; la otra se olvida
 * de soltar lo que usó y tarda en ello. */
const escucharRota = async (clave: Buffer, carpeta: string): Promise<string> => {
  const retenido: string[] = []
  const api = await crearApi({ sistema: proceso.sistema, bitacora, clave })
  const body = { type: 'object', properties: { texto: { type: 'string' }, cual: { enum: ['uno', 'dos'] } } }
  api.post<{ Body: { texto?: string; cual?: string } }>('/control', { schema: { body } }, async ({ body: { texto, cual } }) => {
    if (cual === 'dos') void Promise.reject(new Error('a propósito'))
    const dicho = texto as string
    if (dicho.startsWith('{')) mezclar({}, JSON.parse(dicho))
    appendFileSync(join(carpeta, 'control'), dicho)
    return { largo: dicho.length }
  })
  api.get('/atasco', async () => {
    atascar()
    return { retenidas: retenido.push(Buffer.alloc(RETIENE_BYTES, retenido.length).toString('latin1')) }
  })
  return api.listen({ host: LOCAL.host, port: 0 })
}

const puertoDe = (direccion = 'http://x:0'): number => Number(new URL(direccion).port)

const ordenes = {
  abrir: async ({ carpeta, clave, control }: Abrir) => {
    const bytes = Buffer.from(clave, 'base64url')
    proceso = await crearProceso({ carpeta, entorno: entornoReal, bitacora, clave: bytes, listaAbierta: false, servirBroker: {} })
    const api = control ? await escucharRota(bytes, carpeta) : await proceso.escuchar(LOCAL)
    const interfaz = await abrirInterfaz({ sistema: proceso.sistema, puerto: puertoDe(api), grpc: '' }, bytes)
    const sidecar = await crearSidecar({ api, bitacora, entorno: entornoReal })
    const grpc = await sidecar.escuchar(LOCAL)
    return { puerto: puertoDe(api), interfaz, broker: puertoDe(await proceso.escucharBroker?.(LOCAL)), grpc }
  },
  /** Espera a que lo que este sistema consume quede saldado (lo que un extraño deja en su suscripción, nadie lo salda), suelta lo que ya no se usa y dice cuánto queda (bytes). */
  reposar: async (_: object) => {
    await hasta(
      'que todo se consuma',
      () => proceso.sistema.broker.atrasos().every(({ topico, pendientes }) => topico === 'hostil' || pendientes === 0),
      VACIAR_MS,
    )
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    return { usada: process.memoryUsage().heapUsed, rss: process.memoryUsage.rss() }
  },
  fallas: (_: object): readonly string[] => fallas,
  /** Los prototipos que ya no son como los de un contexto recién hecho. */
  prototiposTocados: (_: object): readonly string[] =>
    ['Object', 'Array', 'String', 'Number', 'Function', 'Promise', 'Map', 'Set', 'Error'].filter((nombre) => {
      const nombres = `Reflect.ownKeys(${nombre}.prototype).map(String).sort().join()`
      return runInNewContext(nombres) !== new Function(`return ${nombres}`)()
    }),
}
export type OrdenesDelHijo = typeof ordenes

atender(ordenes)
