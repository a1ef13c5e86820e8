import { setImmediate as otraVuelta } from 'node:timers/promises'
import type { Instante } from '../dominio/instante.ts'
import type { Azar, Cancelable, Entorno, Ids, Planificador } from '../infraestructura/puertos.ts'

/** Un entorno que sólo se mueve cuando la prueba lo mueve. */
export type EntornoVirtual = Entorno &
  Readonly<{
    /**
     * Pasan `ms`: corre en su orden cada temporizador que vence, con el reloj en su hora, y entre uno y otro espera el `reposo`.
     * También los que se piden por el camino, si vencen dentro del plazo. Una llamada a la vez.
     */
    avanzar: (ms: number) => Promise<void>
    /** Espera a que se resuelvan las promesas listas y no quede nada pedido con `enseguida`. No mueve el reloj. */
    reposo: () => Promise<void>
    /** La hora salta (NTP, un operador): `ahora` cambia en `ms`, también hacia atrás; ni `monotono` ni los temporizadores se enteran. */
    saltarHora: (ms: number) => void
    /** Cuántos temporizadores esperan. */
    temporizadores: () => number
  }>

export type OpcionesVirtuales = Readonly<{
  inicio?: Instante
  /** De ella salen el azar y los identificadores: la misma repite la prueba; otra da identificadores que no chocan con los de esta. */
  semilla?: number
}>

/**
 * Reloj a mano, identificadores seguidos y azar con semilla. `enseguida` usa el `setImmediate` de verdad: lo que cuelga de él (un commit
 * de grupo, una entrega) ocurre sin mover el reloj, y basta `await` para verlo.
 */
export const entornoVirtual = ({ inicio = Date.UTC(2022, 10, 22, 13, 10), semilla = 1 }: OpcionesVirtuales = {}): EntornoVirtual => {
  const agenda = new Agenda()
  let desfase = inicio
  return {
    reloj: { ahora: () => desfase + agenda.monotono, monotono: () => agenda.monotono },
    ids: idsVirtuales(semilla),
    azar: mulberry32(semilla),
    planificador: agenda,
    avanzar: (ms) => agenda.avanzar(ms),
    reposo: () => agenda.reposo(),
    saltarHora: (ms) => {
      desfase += ms
    },
    temporizadores: () => agenda.temporizadores(),
  }
}

/** Azar repetible: la misma semilla da la misma serie, de [0, 1). Es mulberry32, de Tommy Ettinger (dominio público). */
export const mulberry32 = (semilla: number): Azar => {
  let estado = semilla >>> 0
  return () => {
    estado = (estado + 0x6d2b79f5) >>> 0
    let t = Math.imul(estado ^ (estado >>> 15), estado | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** UUIDv7 por su forma: la semilla donde va la hora, y una cuenta al final. `00000000-0001-7000-8000-000000000001`, `…002`, … */
const idsVirtuales = (semilla: number): Ids => {
  const prefijo = hex12(semilla >>> 0)
  let cuenta = 0
  return () => `${prefijo.slice(0, 8)}-${prefijo.slice(8)}-7000-8000-${hex12(++cuenta)}`
}

const hex12 = (n: number): string => n.toString(16).padStart(12, '0')

type Temporizador = Readonly<{ vence: number; orden: number; tarea: () => void }>

/** Más vueltas que cualquier prueba: quien pide `enseguida` sin parar no reposa nunca, y así se ve. */
const VUELTAS = 10_000

class Agenda implements Planificador {
  monotono = 0
  #orden = 0
  #inmediatas = 0
  #temporizadores: readonly Temporizador[] = []

  readonly enseguida = (tarea: () => void): void => {
    this.#inmediatas++
    setImmediate(() => {
      this.#inmediatas--
      tarea()
    })
  }

  /** Como `setTimeout`, nunca antes de 1 ms: quien se pide a sí mismo sin demora deja pasar el tiempo, y `avanzar` termina. */
  readonly tras = (ms: number, tarea: () => void): Cancelable => {
    const mio = { vence: this.monotono + Math.max(1, ms), orden: this.#orden++, tarea }
    this.#temporizadores = [...this.#temporizadores, mio].sort((a, b) => a.vence - b.vence || a.orden - b.orden)
    return { cancelar: () => this.#quitar(mio) }
  }

  temporizadores(): number {
    return this.#temporizadores.length
  }

  async avanzar(ms: number): Promise<void> {
    const hasta = this.monotono + ms
    await this.reposo()
    for (let t = this.#temporizadores[0]; t !== undefined && t.vence <= hasta; t = this.#temporizadores[0]) {
      this.#quitar(t)
      this.monotono = t.vence
      t.tarea()
      await this.reposo()
    }
    this.monotono = hasta
  }

  async reposo(): Promise<void> {
    let vueltas = 0
    do {
      if (++vueltas > VUELTAS) throw new Error(`Sin reposo tras ${VUELTAS} vueltas: algo pide «enseguida» sin parar`)
      await otraVuelta()
    } while (this.#inmediatas > 0)
  }

  #quitar(temporizador: Temporizador): void {
    this.#temporizadores = this.#temporizadores.filter((otro) => otro !== temporizador)
  }
}
