import type { Cancelable, Entorno } from '../../puertos.ts'

const PRIMERA_ESPERA_MS = 100
const ESPERA_MAXIMA_MS = 5_000

/** Vuelve a intentar para siempre, cada vez más espaciado y al azar, con poco tope: al volver el broker no hay que esperarlo. */
export class Reconexion {
  readonly #entorno: Pick<Entorno, 'azar' | 'planificador'>
  readonly #intentar: () => void
  #fallos = 0
  #espera: Cancelable | undefined
  #terminada = false

  constructor(entorno: Pick<Entorno, 'azar' | 'planificador'>, intentar: () => void) {
    this.#entorno = entorno
    this.#intentar = intentar
  }

  /** Salió bien: el próximo fallo espera poco. */
  bien(): void {
    this.#fallos = 0
  }

  /** Pide otro intento; si ya hay uno pedido, es ése. */
  otraVez(): void {
    if (this.#espera !== undefined || this.#terminada) return
    const tope = Math.min(ESPERA_MAXIMA_MS, PRIMERA_ESPERA_MS * 2 ** Math.min(this.#fallos++, 10))
    this.#espera = this.#entorno.planificador.tras(tope * (0.5 + this.#entorno.azar() / 2), () => {
      this.#espera = undefined
      if (!this.#terminada) this.#intentar()
    })
  }

  terminar(): void {
    this.#terminada = true
    this.#espera?.cancelar()
  }
}
