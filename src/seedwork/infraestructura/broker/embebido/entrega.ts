import type { Tx } from '../../almacen/puerto.ts'
import type { Causa, MensajeRecibido } from '../puerto.ts'
import type { EntregaRemota } from './remoto.ts'

type Acciones = Readonly<{
  mensaje: MensajeRecibido
  intento: number
  enUnidad: (unidad: (tx: Tx) => Promise<unknown>) => Promise<void>
  acusar: (tx: Tx) => Promise<unknown>
  /** Si lo acusó ahora, y no estaba acusado ya. */
  acusarAhora: (tx: Tx) => Promise<boolean>
  publicarApartado: (tx: Tx, causa: Causa) => Promise<void>
  /** El acuse es durable. */
  alSaldar: () => void
  rechazar: (retrasoMs: number, causa: Causa) => Promise<void>
  /** Sin ella la entrega no se puede devolver. */
  devolver?: () => void
}>

/** Guarda que una entrega se salde una sola vez. */
export class EntregaEmbebida implements EntregaRemota {
  readonly mensaje: MensajeRecibido
  readonly intento: number
  readonly #acciones: Acciones
  #saldada = false

  constructor(acciones: Acciones) {
    this.mensaje = acciones.mensaje
    this.intento = acciones.intento
    this.#acciones = acciones
  }

  async acusar(tx: Tx): Promise<void> {
    this.#exigirSinSaldar()
    await this.#acciones.acusar(tx)
    tx.alConfirmar(() => this.#saldar())
  }

  async rechazar(retrasoMs: number, causa: Causa): Promise<void> {
    this.#exigirSinSaldar()
    this.#saldada = true
    try {
      await this.#acciones.rechazar(retrasoMs, causa)
    } catch (error) {
      this.#saldada = false
      throw error
    }
  }

  async apartar(causa: Causa): Promise<void> {
    this.#exigirSinSaldar()
    await this.#acciones.enUnidad(async (tx) => {
      // Si ya está acusada, un intento anterior cuyo COMMIT pareció fallar sí quedó escrito: no se aparta dos veces.
      if (await this.#acciones.acusarAhora(tx)) await this.#acciones.publicarApartado(tx, causa)
      tx.alConfirmar(() => this.#saldar())
    })
  }

  devolver(): void {
    this.#exigirSinSaldar()
    this.#saldada = true
    this.#acciones.devolver?.()
  }

  /** Corre el manejador y deja la entrega saldada: acusada si terminó sin saldarla, rechazada sin demora si lanzó. */
  async correr(manejar: (entrega: EntregaRemota) => Promise<void>): Promise<void> {
    try {
      await manejar(this)
      if (!this.#saldada) await this.#acciones.enUnidad((tx) => this.acusar(tx))
    } catch (error) {
      if (!this.#saldada) await this.rechazar(0, causaDe(error))
    }
  }

  #saldar(): void {
    if (this.#saldada) return
    this.#saldada = true
    this.#acciones.alSaldar()
  }

  #exigirSinSaldar(): void {
    if (this.#saldada) throw new Error(`El mensaje ${this.mensaje.id} ya estaba saldado.`)
  }
}

/** El código y la frase de un error, para guardarlos junto al mensaje. */
export const causaDe = (error: unknown): Causa => {
  if (!(error instanceof Error)) return { codigo: 'error', mensaje: String(error) }
  return { codigo: 'codigo' in error ? String(error.codigo) : error.name, mensaje: error.message }
}
