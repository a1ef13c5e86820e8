import type { LimitesDeFlujo } from './limites.ts'
import { alcanza, type Marca, sigueA } from './marca.ts'
import type { Aviso } from './trama.ts'

/** Cuántos avisos de más se juntan antes de olvidar los viejos, para no mover el arreglo con cada uno. */
const HOLGURA = 256

/** Lo más reciente de un tópico, en orden. Está todo lo posterior a `suelo`, hasta `cabeza`. */
export class Memoria {
  readonly #limites: LimitesDeFlujo['memoria']
  #avisos: Aviso[] = []
  #bytes = 0
  #suelo: Marca
  #cabeza: Marca

  constructor(inicio: Marca, limites: LimitesDeFlujo['memoria']) {
    this.#limites = limites
    this.#suelo = inicio
    this.#cabeza = inicio
  }

  get cabeza(): Marca {
    return this.#cabeza
  }

  agregar(aviso: Aviso): void {
    this.#avisos.push(aviso)
    this.#bytes += aviso.tamano
    this.#cabeza = aviso.posicion
    if (this.#avisos.length > this.#limites.avisos + HOLGURA || this.#bytes > this.#limites.bytes) this.#olvidar()
  }

  /** Si lo que sigue a `marca` está aquí entero. */
  cubre(marca: Marca): boolean {
    const primero = this.#avisos[0]
    const desdeElSuelo = alcanza(marca, this.#suelo) || (primero !== undefined && alcanza(marca, primero.posicion))
    return desdeElSuelo && (this.#avisos.length === 0 || marca.startsWith('@') || alcanza(this.#cabeza, marca))
  }

  /** Los avisos posteriores a `marca`, que debe estar cubierta. */
  desde(marca: Marca): readonly Aviso[] {
    let [bajo, alto] = [0, this.#avisos.length]
    while (bajo < alto) {
      const medio = (bajo + alto) >> 1
      if (sigueA(marca, this.#avisos[medio] as Aviso)) alto = medio
      else bajo = medio + 1
    }
    return this.#avisos.slice(bajo)
  }

  #olvidar(): void {
    let cuantos = 0
    let bytes = this.#bytes
    const { avisos, bytes: maximo } = this.#limites
    for (; this.#avisos.length - cuantos > avisos || bytes > maximo * 0.75; cuantos++) bytes -= (this.#avisos[cuantos] as Aviso).tamano
    const ultimo = this.#avisos[cuantos - 1]
    if (ultimo === undefined) return
    this.#suelo = ultimo.posicion
    this.#avisos = this.#avisos.slice(cuantos)
    this.#bytes = bytes
  }
}
