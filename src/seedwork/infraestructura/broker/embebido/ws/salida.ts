import type { WebSocket } from 'ws'

/** Lo que sale por un enchufe, sin juntar en memoria más que `tope` bytes: quien lee despacio recibe despacio. */
export class Salida {
  readonly #enchufe: WebSocket
  readonly #tope: number
  readonly #alCaber: () => void

  /** `alCaber` corre cada vez que algo terminó de salir. */
  constructor(enchufe: WebSocket, { tope, alCaber }: Readonly<{ tope: number; alCaber: () => void }>) {
    this.#enchufe = enchufe
    this.#tope = tope
    this.#alCaber = alCaber
  }

  get cabe(): boolean {
    return this.#enchufe.readyState === this.#enchufe.OPEN && this.#enchufe.bufferedAmount < this.#tope
  }

  enviar(trama: object): void {
    this.#enchufe.send(JSON.stringify(trama), () => this.#alCaber())
  }
}
