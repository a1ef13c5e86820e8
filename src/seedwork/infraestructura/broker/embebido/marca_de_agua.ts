/** Sabe hasta qué posición está todo saldado, aunque se salde en desorden. Las posiciones entran en orden creciente. */
export class MarcaDeAgua {
  #abiertas: number[] = []
  #cabeza = 0
  #ultima: number
  readonly #saldadas = new Set<number>()

  constructor(desde: number) {
    this.#ultima = desde
  }

  abrir(posicion: number): void {
    this.#abiertas.push(posicion)
    this.#ultima = posicion
  }

  /** Nada que saldar hasta aquí. */
  pasar(posicion: number): void {
    this.#ultima = Math.max(this.#ultima, posicion)
  }

  saldar(posicion: number): void {
    this.#saldadas.add(posicion)
    while (this.#cabeza < this.#abiertas.length && this.#saldadas.delete(this.#abiertas[this.#cabeza] as number)) this.#cabeza++
    if (this.#cabeza < 1_024) return
    this.#abiertas = this.#abiertas.slice(this.#cabeza)
    this.#cabeza = 0
  }

  /** La mayor posición tal que ella y todas las anteriores están saldadas. */
  get hasta(): number {
    const primera = this.#abiertas[this.#cabeza]
    return primera === undefined ? this.#ultima : primera - 1
  }

  get abiertas(): number {
    return this.#abiertas.length - this.#cabeza - this.#saldadas.size
  }
}
