import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as momento } from 'node:timers/promises'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import * as tablas from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import { abrirAlmacen } from '../../bench/composicion.ts'
import { cargar } from '../../bench/http_crudo.ts'
import { reservar } from '../../bench/peticiones.ts'
import type { Alcance } from '../../tests/apoyo/lugar.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { direccionesDe, unBanco } from '../../tests/procesos/apoyo/servidor.ts'
import { AUSENTES, TOPICO } from './siembra.ts'

const PAGINA = 500
const EN_VUELO = 32
const FIRMA_MS = 3_600_000
const ENTRE_VISTAZOS_MS = 50
/** Del control: de cada doscientos milisegundos, los que se le deja correr. */
const CORRE_MS = 20
const DUERME_MS = 180

const pesoDelWal = (carpeta: string): number => statSync(join(carpeta, `${ARCHIVO}-wal`), { throwIfNoEntry: false })?.size ?? 0

export type Vida = Awaited<ReturnType<typeof arrancar>>

/** Todo el sistema en su proceso, como lo arranca `npm start`, sobre esa carpeta. Da cuánto tardó en decir que está listo. */
export const arrancar = async (alcance: Alcance, carpeta: string) => {
  const desde = performance.now()
  const proceso = unBanco(alcance).lanzar({ carpeta })
  const { api } = await hastaQue('que escuche', () => {
    if (proceso.terminado()) throw new Error(`Terminó antes de estar listo:\n${proceso.errores()}`)
    return direccionesDe(carpeta)
  })
  await hastaQue('que esté listo', async () => (await fetch(`${api}/health/ready`)).ok)
  const arranqueMs = performance.now() - desde
  const clave = readFileSync(join(carpeta, 'clave-actor'), 'utf8').trim()
  const peticiones = reservar('/vuelos/reserva', { clave, vence: Date.now() + FIRMA_MS })
  const puerto = Number(new URL(api).port)
  let [aceptados, walMaximo] = [0, 0]
  const mirarWal = setInterval(() => {
    walMaximo = Math.max(walMaximo, pesoDelWal(carpeta))
  }, ENTRE_VISTAZOS_MS)
  alcance.after(() => clearInterval(mirarWal))

  /** Lo que le falta al más atrasado de los que estuvieron ausentes. */
  const pendientes = async (): Promise<number> => {
    const texto = await (await fetch(`${api}/metrics`)).text()
    const suyas = AUSENTES.map((nombre) => new RegExp(`^broker_pendientes\\{.*suscripcion="${nombre}"\\} (\\d+)$`, 'm').exec(texto)?.[1])
    return Math.max(...suyas.map((cuantas) => Number(cuantas ?? 0)))
  }
  /** Cuántos por segundo consumió el más lento mientras se hacía algo, si entre tanto llegaron los que dice. */
  const consumidosDurante = async (hacer: () => Promise<number>): Promise<Readonly<{ porSegundo: number; llegaron: number }>> => {
    const [antes, desde] = [await pendientes(), performance.now()]
    const llegaron = await hacer()
    const [despues, segundos] = [await pendientes(), (performance.now() - desde) / 1_000]
    return { porSegundo: (antes - despues + llegaron) / segundos, llegaron: llegaron / segundos }
  }
  return {
    arranqueMs,
    aceptados: () => aceptados,
    walMaximo: () => walMaximo,
    pendientes,
    /** Reservas por HTTP, tantas como acepte. */
    reservarDurante: (ms: number) =>
      consumidosDurante(async () => {
        const { latencias } = await cargar({ puerto, peticiones, enVuelo: EN_VUELO, ms, estado: 200 })
        aceptados += latencias.length
        return latencias.length
      }),
    /** Hasta que no falte nada, sin que llegue nada. */
    drenar: (limiteMs: number) =>
      consumidosDurante(async () => {
        await hastaQue('que se ponga al día', async () => (await pendientes()) === 0, limiteMs)
        return 0
      }),
    /** El control: como drenar, por un rato y casi siempre dormido. */
    dormitar: (veces: number) =>
      consumidosDurante(async () => {
        for (let i = 0; i < veces; i++) {
          proceso.senal('SIGSTOP')
          await momento(DUERME_MS)
          proceso.senal('SIGCONT')
          await momento(CORRE_MS)
        }
        return 0
      }),
    detener: async (): Promise<readonly string[]> => {
      proceso.senal('SIGTERM')
      const { codigo } = await proceso.fin()
      return codigo === 0 ? [] : [`el proceso terminó con ${codigo}: ${proceso.errores()}`]
    },
  }
}

/** Lo que tardan (ms) páginas del log leídas como las lee una suscripción, en una carpeta y otra por turnos. */
export const leerPaginas = async (
  carpetas: readonly string[],
  { desde, cuantas }: Readonly<{ desde: readonly number[]; cuantas: number }>,
) => {
  const almacenes = await Promise.all(carpetas.map((carpeta) => abrirAlmacen(carpeta)))
  const tiempos: number[][] = carpetas.map(() => [])
  for (let i = 0; i < cuantas; i++)
    for (const [cual, almacen] of almacenes.entries()) {
      const inicio = performance.now()
      await almacen.lector.todas(tablas.leerPagina, { topico: TOPICO, desde: (desde[cual] as number) + ((i * 17) % 9_000), maximo: PAGINA })
      tiempos[cual]?.push(performance.now() - inicio)
    }
  for (const almacen of almacenes) await almacen.cerrar()
  return tiempos
}
