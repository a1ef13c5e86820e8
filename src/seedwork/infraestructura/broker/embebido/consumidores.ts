import type { Suscripcion } from '../puerto.ts'

/** Un consumidor de este proceso y lo que tiene en vuelo. */
export type Suscrito<S = Suscripcion> = {
  readonly opciones: S
  enVuelo: number
  abierto: boolean
  readonly vacio: PromiseWithResolvers<void>
}

/** Los consumidores de una suscripción en este proceso: por turnos, y cada uno hasta sus permisos. Con Failover, sólo el más antiguo. */
export class Consumidores<S extends Pick<Suscripcion, 'permisos'> = Suscripcion> {
  readonly #tipo: Suscripcion['tipo']
  readonly #suscritos: Suscrito<S>[] = []
  #turno = 0
  #enVuelo = 0

  constructor(tipo: Suscripcion['tipo']) {
    this.#tipo = tipo
  }

  get hay(): boolean {
    return this.#suscritos.length > 0
  }

  get cuantos(): number {
    return this.#suscritos.length
  }

  get enVuelo(): number {
    return this.#enVuelo
  }

  unir(opciones: S): Suscrito<S> {
    const suscrito: Suscrito<S> = { opciones, enVuelo: 0, abierto: true, vacio: Promise.withResolvers() }
    this.#suscritos.push(suscrito)
    return suscrito
  }

  /** El que sigue en la ronda y tiene permisos. */
  libre(): Suscrito<S> | undefined {
    if (this.#tipo === 'Failover') return this.#suscritos.find(({ abierto }) => abierto)
    for (let i = 0; i < this.#suscritos.length; i++) {
      const suscrito = this.#suscritos[(this.#turno + i) % this.#suscritos.length]
      if (suscrito?.abierto && suscrito.enVuelo < suscrito.opciones.permisos) {
        this.#turno = (this.#turno + i + 1) % this.#suscritos.length
        return suscrito
      }
    }
    return undefined
  }

  ocupar(suscrito: Suscrito<S>): void {
    suscrito.enVuelo++
    this.#enVuelo++
  }

  soltar(suscrito: Suscrito<S>): void {
    suscrito.enVuelo--
    this.#enVuelo--
    if (!suscrito.abierto && suscrito.enVuelo === 0) suscrito.vacio.resolve()
  }

  /** No recibe más; termina cuando lo que tenía en vuelo terminó. Se puede pedir varias veces. */
  async separar(suscrito: Suscrito<S>): Promise<void> {
    suscrito.abierto = false
    if (suscrito.enVuelo === 0) suscrito.vacio.resolve()
    await suscrito.vacio.promise
    const lugar = this.#suscritos.indexOf(suscrito)
    if (lugar >= 0) this.#suscritos.splice(lugar, 1)
  }

  async separarTodos(): Promise<void> {
    await Promise.all(this.#suscritos.map((suscrito) => this.separar(suscrito)))
  }
}
