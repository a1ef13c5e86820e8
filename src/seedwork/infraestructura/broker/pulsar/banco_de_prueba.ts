import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as esperar, setImmediate as otraVuelta } from 'node:timers/promises'
import type { Banco } from '../../../pruebas/contrato_broker.ts'
import { type EntornoVirtual, entornoVirtual } from '../../../pruebas/entorno_virtual.ts'
import type { Almacen } from '../../almacen/puerto.ts'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import { abrirBrokerPulsar, type BrokerPulsar } from './broker.ts'
import { nuevoEspacio, pulsarDePrueba, tenderCable } from './servicio_de_prueba.ts'
import { migracionesPulsar } from './tablas.ts'
import { mirarSalidas } from './tablas_de_salida.ts'

/** Lo que muere con el proceso. */
type Vida = Readonly<{ almacen: Almacen; broker: BrokerPulsar; entorno: EntornoVirtual; matar: () => void; soltar: () => void }>

const ARRIENDO_MS = 300
/** El reloj de la prueba salta; las conexiones necesitan un rato de verdad entre salto y salto. */
const SALTO_MS = 500
const RATO_MS = 2
/** Cuánto se espera a que lo publicado llegue a Pulsar. */
const ENVIO_MS = 3_000

/** Dónde se abre un banco: un espacio de nombres sólo suyo. */
export type Lugar = Readonly<{
  host: string
  puertoHttp: number
  espacio: string
  /** Si, vencido todo, el último mensaje de cada tópico queda. */
  conservaElUltimo: boolean
  /** Borra lo que ninguna suscripción espera. */
  vencer: () => Promise<void>
  borrar: () => Promise<void>
}>

const enPulsar = async (): Promise<Lugar> => ({ ...pulsarDePrueba(), ...(await nuevoEspacio()), conservaElUltimo: false })

/** Un banco sobre un Pulsar, el de verdad si no se dice otro. El reloj del adaptador es virtual, y las conexiones reales. */
export const abrirBancoPulsar = async (preparar: () => Promise<Lugar> = enPulsar): Promise<Banco> => {
  const lugar = await preparar()
  const { vencer, borrar, conservaElUltimo } = lugar
  const carpetas = [mkdtempSync(join(tmpdir(), 'pulsar-'))]
  const carpeta = (): string => carpetas.at(-1) as string
  let vida = await abrirVida({ carpeta: carpeta(), lugar })
  let turno = Promise.resolve()
  /** El reloj avanza por turnos: el de la prueba y el que corre solo no se cruzan. */
  const avanzar = (ms: number): Promise<void> => {
    turno = turno.then(() => vida.entorno.avanzar(ms))
    return turno
  }
  const aborto = new AbortController()
  const correrSolo = async (): Promise<void> => {
    while (!aborto.signal.aborted) {
      await esperar(RATO_MS)
      await avanzar(RATO_MS)
    }
  }
  const corriendo = correrSolo()
  const enviado = async (): Promise<void> => {
    const limite = performance.now() + ENVIO_MS
    while (performance.now() < limite) {
      const salidas = await vida.almacen.lector.todas(mirarSalidas, {})
      if (salidas.every(({ primera }) => primera === null)) return
      await esperar(RATO_MS)
    }
  }
  const terminar = async (): Promise<void> => {
    await vida.broker.cerrar()
    await vida.almacen.cerrar()
    vida.soltar()
  }
  return {
    get broker() {
      return vida.broker
    },
    conservaElUltimo,
    ejecutar: (unidad, prioridad) => vida.almacen.ejecutar(unidad, prioridad),
    pasar: async (ms) => {
      if (ms > 1) await enviado()
      await esperar(1)
      for (let falta = ms; falta > 0; falta -= SALTO_MS) {
        await avanzar(Math.min(falta, SALTO_MS))
        if (ms > 1) await esperar(RATO_MS)
      }
    },
    vencer: async () => {
      await enviado()
      await vencer()
    },
    reabrir: async () => {
      await terminar()
      vida = await abrirVida({ carpeta: carpeta(), lugar, inicio: vida.entorno.reloj.ahora() })
    },
    caer: async () => {
      await otraVuelta()
      vida.matar()
      const nueva = mkdtempSync(join(tmpdir(), 'pulsar-'))
      cpSync(carpeta(), nueva, { recursive: true, filter: (ruta) => !ruta.endsWith('-shm') })
      carpetas.push(nueva)
      vida = await abrirVida({ carpeta: nueva, lugar, inicio: vida.entorno.reloj.ahora() })
    },
    cerrar: async () => {
      await terminar()
      aborto.abort()
      await corriendo
      await borrar()
      for (const suya of carpetas) rmSync(suya, { recursive: true, force: true })
    },
  }
}

const abrirVida = async ({ carpeta, lugar, inicio = Date.now() }: { carpeta: string; lugar: Lugar; inicio?: number }): Promise<Vida> => {
  const virtual = entornoVirtual({ inicio, semilla: Math.floor(Math.random() * 2 ** 31) })
  let viva = true
  const enseguida = (tarea: () => void): void => virtual.planificador.enseguida(() => viva && tarea())
  const entorno: EntornoVirtual = { ...virtual, planificador: { enseguida, tras: (ms, tarea) => virtual.planificador.tras(ms, tarea) } }
  const cable = await tenderCable(lugar)
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesPulsar] })
  const { host, puertoHttp } = cable
  const servicio = { host, puertoHttp, espacio: lugar.espacio }
  const broker = await abrirBrokerPulsar({ almacen, entorno, servicio, arriendoMs: ARRIENDO_MS, alFallar: () => {} })
  return {
    almacen,
    broker,
    entorno,
    matar: () => {
      viva = false
      cable.cortar()
    },
    soltar: cable.cortar,
  }
}
