import type { Entorno } from '../../puertos.ts'
import { almacenSaturado } from '../errores.ts'
import { type EnEspera, rechazarSiCaduco } from '../espera.ts'
import type { Prioridad } from '../puerto.ts'

/** En espera a partir de lo cual se rechaza antes de escribir nada. */
const COLA_MAXIMA = 4_096
/** De cada cuatro turnos, los de los consumidores mientras tengan algo: un comando aceptado deja tres unidades suyas por hacer. */
const DE_CONSUMIDORES = 3
const RONDA = 4

type Espera = EnEspera & Readonly<{ pasar: () => void }>

/** Reparte las conexiones entre las unidades que esperan: ni peticiones ni consumidores se quedan sin su parte. */
export class Turnos {
  readonly #colas: Record<Prioridad, Espera[]> = { peticion: [], consumidor: [] }
  readonly #reloj: Entorno['reloj']
  #libres: number
  #dados = 0

  constructor(cuantos: number, reloj: Entorno['reloj']) {
    this.#libres = cuantos
    this.#reloj = reloj
  }

  /** Espera su turno. Quien lo recibe tiene que soltarlo. */
  tomar(prioridad: Prioridad): Promise<void> {
    if (this.#libres > 0) {
      this.#libres -= 1
      return Promise.resolve()
    }
    const cola = this.#colas[prioridad]
    if (cola.length >= COLA_MAXIMA) return Promise.reject(almacenSaturado())
    return new Promise((pasar, rechazar) => cola.push({ pasar, rechazar, desde: this.#reloj.monotono() }))
  }

  soltar(): void {
    for (let siguiente = this.#siguiente(); siguiente !== undefined; siguiente = this.#siguiente()) {
      if (rechazarSiCaduco(siguiente, this.#reloj)) continue
      siguiente.pasar()
      return
    }
    this.#libres += 1
  }

  #siguiente(): Espera | undefined {
    const { peticion, consumidor } = this.#colas
    this.#dados = (this.#dados + 1) % RONDA
    return this.#dados < DE_CONSUMIDORES ? (consumidor.shift() ?? peticion.shift()) : (peticion.shift() ?? consumidor.shift())
  }
}
