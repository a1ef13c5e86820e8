/** Lo que espera turno: su posición, su llave y, si cabe en memoria, su contenido. */
export type Espera<T> = { readonly posicion: number; readonly llave: string; contenido: T | undefined; readonly llegada: number }

/** Contenidos que se guardan detrás de una llave ocupada; de los demás queda la posición, y se releen al llegar su turno. */
const CONTENIDOS_POR_LLAVE = 4

/**
 * Da de cada llave uno a la vez y en orden; entre llaves, en orden de llegada. El que está en curso retiene a los siguientes de su
 * llave, y a nadie más, hasta que se salda.
 */
export class ColasPorLlave<T> {
  /** La cabeza de cada cola es el que está listo, en curso o retenido. */
  readonly #colas = new Map<string, Espera<T>[]>()
  readonly #listas: Espera<T>[] = []
  readonly #retenidas = new Set<string>()
  #contenidos = 0

  agregar(espera: Espera<T>): void {
    const cola = this.#colas.get(espera.llave)
    if (espera.contenido !== undefined) this.#contenidos++
    if (cola === undefined) {
      this.#colas.set(espera.llave, [espera])
      this.#listas.push(espera)
      return
    }
    cola.push(espera)
    if (cola.length > CONTENIDOS_POR_LLAVE || this.#retenidas.has(espera.llave)) this.soltarContenido(espera)
  }

  /** El siguiente que puede entregarse, si hay. */
  tomar(): Espera<T> | undefined {
    return this.#listas.shift()
  }

  /** El que se entregaría ahora, sin tomarlo. */
  primera(): Espera<T> | undefined {
    return this.#listas[0]
  }

  /** Va a esperar, tomado: ni él ni los de su llave ocupan memoria, así que por muchos que sean no detienen a los demás. */
  retener(espera: Espera<T>): void {
    this.#retenidas.add(espera.llave)
    for (const una of this.#colas.get(espera.llave)?.slice(0, CONTENIDOS_POR_LLAVE + 1) ?? []) this.soltarContenido(una)
  }

  /** Vuelve a estar listo, delante de todos los de su llave. */
  devolver(espera: Espera<T>): void {
    this.#retenidas.delete(espera.llave)
    this.#listas.push(espera)
  }

  /** Vuelve, tomado, a su lugar: antes de los que llegaron después que él. */
  reponer(espera: Espera<T>): void {
    const lugar = this.#listas.findIndex(({ posicion }) => posicion > espera.posicion)
    this.#listas.splice(lugar < 0 ? this.#listas.length : lugar, 0, espera)
  }

  /** Saldado: sigue el próximo de su llave. */
  saldar(espera: Espera<T>): void {
    this.soltarContenido(espera)
    const cola = this.#colas.get(espera.llave)
    cola?.shift()
    const siguiente = cola?.[0]
    if (siguiente !== undefined) this.#listas.push(siguiente)
    else this.#colas.delete(espera.llave)
  }

  /** Cuántos contenidos hay en memoria. */
  get contenidos(): number {
    return this.#contenidos
  }

  /** No ocupa memoria: si hace falta otra vez, se relee. */
  soltarContenido(espera: Espera<T>): void {
    if (espera.contenido === undefined) return
    espera.contenido = undefined
    this.#contenidos--
  }
}
