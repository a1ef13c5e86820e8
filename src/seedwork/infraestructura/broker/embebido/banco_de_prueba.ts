import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as otraVuelta } from 'node:timers/promises'
import type { Banco } from '../../../pruebas/contrato_broker.ts'
import { type EntornoVirtual, entornoVirtual } from '../../../pruebas/entorno_virtual.ts'
import type { Migraciones } from '../../almacen/migraciones.ts'
import type { Almacen } from '../../almacen/puerto.ts'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import type { Broker } from '../puerto.ts'
import { abrirBrokerEmbebido } from './broker.ts'
import { migracionesEmbebido } from './tablas.ts'

type Opciones = Readonly<{
  conservarMs?: number
  migraciones?: readonly Migraciones[]
  /** Para hacer fallar al almacén que el broker usa. */
  envolver?: (almacen: Almacen) => Almacen
}>

/** Lo que muere con el proceso. */
type Vida = Readonly<{ almacen: Almacen; broker: Broker; entorno: EntornoVirtual; matar: () => void }>

/** Un banco embebido sobre una carpeta propia, con el reloj a mano; `almacen`, `entorno` y `fallas` son los de la vida de ahora. */
export type BancoEmbebido = Banco & Readonly<{ almacen: Almacen; entorno: EntornoVirtual; fallas: readonly unknown[] }>

const DIEZ_MINUTOS = 10 * 60_000

export const abrirBancoEmbebido = async (opciones: Opciones = {}): Promise<BancoEmbebido> => {
  const carpetas = [mkdtempSync(join(tmpdir(), 'broker-'))]
  const carpeta = (): string => carpetas.at(-1) as string
  const fallas: unknown[] = []
  const nacer = (inicio?: number): Promise<Vida> =>
    abrirVida({ ...opciones, carpeta: carpeta(), alFallar: (error) => fallas.push(error) }, inicio)
  let vida = await nacer()
  const terminar = async (): Promise<void> => {
    await vida.broker.cerrar()
    await vida.almacen.cerrar()
  }
  return {
    get broker() {
      return vida.broker
    },
    get almacen() {
      return vida.almacen
    },
    get entorno() {
      return vida.entorno
    },
    fallas,
    conservaElUltimo: true,
    ejecutar: (unidad, prioridad) => vida.almacen.ejecutar(unidad, prioridad),
    pasar: (ms) => vida.entorno.avanzar(ms),
    vencer: () => vida.entorno.avanzar((opciones.conservarMs ?? 0) + 2 * DIEZ_MINUTOS),
    reabrir: async () => {
      await terminar()
      vida = await nacer(vida.entorno.reloj.ahora())
    },
    caer: async () => {
      // Entre dos vueltas no hay ninguna transacción abierta: lo que está en el disco es lo que deja un proceso que muere ahora.
      await otraVuelta()
      vida.matar()
      const nueva = mkdtempSync(join(tmpdir(), 'broker-'))
      cpSync(carpeta(), nueva, { recursive: true, filter: (ruta) => !ruta.endsWith('-shm') })
      carpetas.push(nueva)
      vida = await nacer(vida.entorno.reloj.ahora())
    },
    cerrar: async () => {
      await terminar()
      for (const suya of carpetas) rmSync(suya, { recursive: true, force: true })
    },
  }
}

const abrirVida = async (
  {
    carpeta,
    conservarMs = 60_000,
    migraciones = [],
    envolver = (almacen) => almacen,
    alFallar,
  }: Opciones & { carpeta: string; alFallar: (error: unknown) => void },
  inicio?: number,
): Promise<Vida> => {
  const virtual = entornoVirtual(inicio === undefined ? {} : { inicio })
  let viva = true
  const enseguida = (tarea: () => void): void => virtual.planificador.enseguida(() => viva && tarea())
  const entorno: EntornoVirtual = { ...virtual, planificador: { enseguida, tras: (ms, tarea) => virtual.planificador.tras(ms, tarea) } }
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesEmbebido, ...migraciones] })
  const broker = await abrirBrokerEmbebido({ almacen: envolver(almacen), entorno, conservarMs, alFallar })
  return {
    almacen,
    broker,
    entorno,
    matar: () => {
      viva = false
    },
  }
}
