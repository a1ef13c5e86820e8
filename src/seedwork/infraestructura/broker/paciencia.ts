import { ErrorDominio } from '../../dominio/errores.ts'
import type { Almacen, Tx } from '../almacen/puerto.ts'
import type { Entorno } from '../puertos.ts'

const ENTRE_INTENTOS_MS = 1_000

type Contexto = Readonly<{ almacen: Almacen; entorno: Pick<Entorno, 'planificador'>; alFallar: (error: unknown) => void }>

/** Escribe lo que un broker no puede dejar de escribir: repite mientras el almacén no pueda, hasta que se le diga que ya no insista. */
export class Paciencia {
  readonly #contexto: Contexto
  readonly #pausas = new Set<() => void>()
  #rendida = false

  constructor(contexto: Contexto) {
    this.#contexto = contexto
  }

  /** Lanza lo que no se arregla esperando: un saldo que no se guardó se volvería a entregar. */
  async escribir<T>(unidad: (tx: Tx) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#contexto.almacen.ejecutar(unidad, 'consumidor')
      } catch (error) {
        if (this.#rendida || !esPasajero(error)) throw error
        this.#contexto.alFallar(error)
        await this.#pausa()
      }
    }
  }

  /** Se está cerrando: lo que el almacén no guarde ya a la primera se entregará otra vez al volver. */
  rendirse(): void {
    this.#rendida = true
    for (const seguir of this.#pausas) seguir()
  }

  async #pausa(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const espera = this.#contexto.entorno.planificador.tras(ENTRE_INTENTOS_MS, resolve)
    this.#pausas.add(resolve)
    await promise
    this.#pausas.delete(resolve)
    espera.cancelar()
  }
}

/** Si repetirlo más tarde puede salir bien. */
export const esPasajero = (error: unknown): boolean => error instanceof ErrorDominio && error.clase === 'no_disponible'
