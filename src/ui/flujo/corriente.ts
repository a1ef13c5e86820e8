import type { Logger } from 'pino'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { ceder, dormir, esPosicionPerdida, esperaTras } from './esperas.ts'
import type { LimitesDeFlujo } from './limites.ts'
import { inicioDe, type Marca, marcaDeInstante } from './marca.ts'
import { Memoria } from './memoria.ts'
import { Repaso } from './repaso.ts'
import type { Aviso, Interprete } from './trama.ts'

/** Al arrancar se lee también el último minuto: quien perdió el enchufe porque este proceso se reinició lo encuentra en memoria. */
const ANTES_MS = 60_000
/** Una lectura que no falla en este plazo está en marcha, aunque no llegue nada. */
const EN_MARCHA_MS = 250
const CEDER_CADA = 128
/** Una sola falla puede ser un tropiezo; dos seguidas es que no hay broker. */
const FALLAS_DE_CAIDA = 2

export type Observador = Readonly<{
  /** `anterior` es hasta dónde se había leído antes de este aviso. */
  alLlegar: (aviso: Aviso, anterior: Marca) => void
  /** Lo anterior no se puede continuar: la retención lo borró, o la historia de los datos es otra. */
  alReiniciar: () => void
  alCambiar: () => void
}>

export type Partes = Readonly<{
  broker: Pick<Broker, 'leer'>
  interprete: Interprete
  entorno: Entorno
  bitacora: Logger
  limites: LimitesDeFlujo
  observador: Observador
}>

/** La única lectura de un tópico en este proceso: pasa cada mensaje a quien observa y recuerda lo más reciente. */
export class Corriente {
  readonly #partes: Partes
  readonly #fin = new AbortController()
  /** Para quien se atrasó más de lo que se recuerda. */
  readonly repaso: Repaso
  #memoria: Memoria
  #fallas = 0
  #lectura: Promise<void> = Promise.resolve()

  constructor(partes: Partes) {
    this.#partes = partes
    this.#memoria = this.#nuevaMemoria(partes.entorno.reloj.ahora() - ANTES_MS)
    const { broker, entorno, bitacora, interprete } = partes
    const { topico, interpretar } = interprete
    this.repaso = new Repaso({ broker, topico, interpretar, entorno, bitacora, memoria: () => this.#memoria })
  }

  get memoria(): Memoria {
    return this.#memoria
  }

  get disponible(): boolean {
    return this.#fallas < FALLAS_DE_CAIDA
  }

  arrancar(): void {
    this.#lectura = this.#leerSiempre()
  }

  async detener(): Promise<void> {
    this.#fin.abort()
    await this.#lectura
  }

  #nuevaMemoria(desde: number): Memoria {
    return new Memoria(marcaDeInstante(desde), this.#partes.limites.memoria)
  }

  async #leerSiempre(): Promise<void> {
    const { signal: senal } = this.#fin
    const { planificador, azar } = this.#partes.entorno
    while (!senal.aborted) {
      const enMarcha = planificador.tras(EN_MARCHA_MS, () => this.#anotarFallas(0))
      try {
        await this.#leer(senal)
      } catch (error) {
        this.#alFallar(error)
      } finally {
        enMarcha.cancelar()
      }
      if (senal.aborted) return
      this.#anotarFallas(this.#fallas + 1)
      await dormir(esperaTras(this.#fallas, azar), { planificador, senal })
    }
  }

  async #leer(senal: AbortSignal): Promise<void> {
    const { broker, observador, entorno, interprete } = this.#partes
    let leidos = 0
    for await (const mensaje of broker.leer({ topico: interprete.topico, desde: inicioDe(this.#memoria.cabeza), senal })) {
      if (senal.aborted) return
      this.#anotarFallas(0)
      const anterior = this.#memoria.cabeza
      const aviso = interprete.interpretar(mensaje)
      this.#memoria.agregar(aviso)
      observador.alLlegar(aviso, anterior)
      if (++leidos % CEDER_CADA === 0) await ceder(entorno.planificador)
    }
  }

  #alFallar(error: unknown): void {
    const { bitacora, entorno, observador, interprete } = this.#partes
    bitacora.warn({ err: error, topico: interprete.topico, fallas: this.#fallas + 1 }, 'no se pudo leer el tópico')
    if (!esPosicionPerdida(error)) return
    this.#memoria = this.#nuevaMemoria(entorno.reloj.ahora())
    observador.alReiniciar()
  }

  #anotarFallas(fallas: number): void {
    const antes = this.disponible
    this.#fallas = fallas
    if (antes !== this.disponible) this.#partes.observador.alCambiar()
  }
}
