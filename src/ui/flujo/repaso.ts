import type { Logger } from 'pino'
import type { Broker, MensajeRecibido } from 'seedwork/infraestructura/broker/puerto.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { ceder, dormir, esPosicionPerdida, esperaTras } from './esperas.ts'
import { alcanza, historiaDe, inicioDe, type Marca, sigueA } from './marca.ts'
import type { Memoria } from './memoria.ts'
import type { Aviso } from './trama.ts'

/** Alguien atrasado en un tópico. */
export type Rezagado = {
  readonly claves: readonly string[]
  /** Hasta dónde llegó. */
  marca: Marca
  /** Su posición vale. Dice si ya puede recibir. */
  confirmar: () => boolean
  /** Dice si le cabe más. */
  recibir: (aviso: Aviso) => boolean
}

/** Por qué se deja el repaso: lo que falta ya está en memoria, no le cabe más, aún no puede recibir, o lo suyo ya no se conserva. */
export type Motivo = 'cubierto' | 'lleno' | 'sin_anunciar' | 'perdida'

export type Partes = Readonly<{
  broker: Pick<Broker, 'leer'>
  topico: string
  interpretar: (mensaje: MensajeRecibido) => Aviso
  memoria: () => Memoria
  entorno: Entorno
  bitacora: Logger
}>

/** Lo que se espera al registro antes de dar por leído todo lo que tiene. */
const CALLADO_MS = 250
const CEDER_CADA = 64

/** Pone al día a los atrasados en un tópico leyendo el registro una vez para todos, y no una por cada uno. */
export class Repaso {
  readonly #partes: Partes
  readonly #tandas = new Map<string, Tanda>()

  constructor(partes: Partes) {
    this.#partes = partes
  }

  /** Resuelve cuando deja de hacerle falta el registro, o no puede seguir. Al abortar `senal` no recibe más. */
  unir(rezagado: Rezagado, senal: AbortSignal): Promise<Motivo> {
    const historia = historiaDe(rezagado.marca)
    const tanda = this.#tandas.get(historia) ?? new Tanda(this.#partes, () => this.#tandas.delete(historia))
    this.#tandas.set(historia, tanda)
    return tanda.unir(rezagado, senal)
  }
}

/** Los que van por posiciones que se pueden comparar entre sí: una pasada del más atrasado les sirve a todos. */
class Tanda {
  readonly #partes: Partes
  readonly #alTerminar: () => void
  /** Los de la pasada de ahora, y los que están más atrás que ella y esperan la siguiente. */
  readonly #van = new Map<Rezagado, (motivo: Motivo) => void>()
  readonly #esperan = new Map<Rezagado, (motivo: Motivo) => void>()
  readonly #porClave = new Map<string, Set<Rezagado>>()
  #carrera: Promise<void> | undefined
  #pasada: { readonly aborto: AbortController; posicion: Marca; ultimo: number } | undefined

  constructor(partes: Partes, alTerminar: () => void) {
    this.#partes = partes
    this.#alTerminar = alTerminar
  }

  unir(rezagado: Rezagado, senal: AbortSignal): Promise<Motivo> {
    const { promise, resolve } = Promise.withResolvers<Motivo>()
    const alAbortar = () => this.#soltar(rezagado, 'cubierto')
    this.#esperan.set(rezagado, resolve)
    senal.addEventListener('abort', alAbortar, { once: true })
    this.#carrera ??= this.#correr()
    return promise.finally(() => senal.removeEventListener('abort', alAbortar))
  }

  #soltar(rezagado: Rezagado, motivo: Motivo): void {
    const resolver = this.#van.get(rezagado) ?? this.#esperan.get(rezagado)
    this.#esperan.delete(rezagado)
    if (this.#van.delete(rezagado)) for (const clave of rezagado.claves) this.#porClave.get(clave)?.delete(rezagado)
    resolver?.(motivo)
    if (this.#van.size === 0) this.#pasada?.aborto.abort()
  }

  async #correr(): Promise<void> {
    const { entorno, bitacora, topico } = this.#partes
    const { planificador, azar } = entorno
    // Los que se atrasan juntos van en la misma pasada.
    await ceder(planificador)
    for (let fallas = 0; this.#van.size + this.#esperan.size > 0; ) {
      this.#sumarLosQueEsperan()
      const desde = this.#elMasAtrasado()
      try {
        await this.#pasar(desde)
        fallas = 0
      } catch (error) {
        if (esPosicionPerdida(error)) this.#darPorPerdidos(desde)
        else {
          bitacora.warn({ err: error, topico }, 'no se pudo leer el registro para poner al día a quien se atrasó')
          await dormir(esperaTras(++fallas, azar), { planificador, senal: new AbortController().signal })
        }
      }
    }
    this.#alTerminar()
  }

  #sumarLosQueEsperan(): void {
    for (const [rezagado, resolver] of this.#esperan) {
      this.#van.set(rezagado, resolver)
      for (const clave of rezagado.claves) this.#porClave.set(clave, (this.#porClave.get(clave) ?? new Set()).add(rezagado))
    }
    this.#esperan.clear()
  }

  #elMasAtrasado(): Marca {
    return [...this.#van.keys()].map(({ marca }) => marca).reduce((menor, marca) => (alcanza(marca, menor) ? menor : marca))
  }

  #darPorPerdidos(desde: Marca): void {
    for (const rezagado of [...this.#van.keys()]) if (rezagado.marca === desde) this.#soltar(rezagado, 'perdida')
  }

  async #pasar(desde: Marca): Promise<void> {
    const { broker, topico, entorno } = this.#partes
    const { planificador, reloj } = entorno
    const pasada = { aborto: new AbortController(), posicion: desde, ultimo: reloj.monotono() }
    this.#pasada = pasada
    const vigilar = () => {
      if (reloj.monotono() - pasada.ultimo >= CALLADO_MS) this.#alCallar()
      vigilancia = planificador.tras(CALLADO_MS, vigilar)
    }
    let vigilancia = planificador.tras(CALLADO_MS, vigilar)
    const { signal: senal } = pasada.aborto
    let leidos = 0
    try {
      for await (const mensaje of broker.leer({ topico, desde: inicioDe(desde), senal })) {
        if (senal.aborted) return
        if (leidos === 0) this.#confirmar()
        pasada.posicion = mensaje.posicion
        pasada.ultimo = reloj.monotono()
        this.#repartir(mensaje)
        if (this.#partes.memoria().cubre(mensaje.posicion)) this.#soltarAlcanzados(mensaje.posicion)
        if (senal.aborted) return
        if (++leidos % CEDER_CADA === 0) await ceder(planificador)
      }
      if (!senal.aborted) throw new Error('La lectura del registro terminó antes de tiempo.')
    } finally {
      vigilancia.cancelar()
      pasada.aborto.abort()
      this.#pasada = undefined
      for (const rezagado of this.#van.keys()) adelantar(rezagado, pasada.posicion)
    }
  }

  /** Lo que había, se leyó: las posiciones valen, y quien espera otra pasada no tiene por qué esperar a que llegue algo. */
  #alCallar(): void {
    this.#confirmar()
    if (this.#esperan.size > 0) this.#pasada?.aborto.abort()
  }

  #confirmar(): void {
    for (const rezagado of [...this.#van.keys()]) if (!rezagado.confirmar()) this.#soltar(rezagado, 'sin_anunciar')
  }

  #repartir(mensaje: MensajeRecibido): void {
    const aviso = this.#partes.interpretar(mensaje)
    for (const clave of aviso.claves)
      for (const rezagado of this.#porClave.get(clave) ?? []) {
        if (!sigueA(rezagado.marca, mensaje) || rezagado.recibir(aviso)) continue
        this.#soltar(rezagado, 'lleno')
      }
  }

  #soltarAlcanzados(posicion: Marca): void {
    for (const rezagado of [...this.#van.keys()]) {
      if (!adelantar(rezagado, posicion)) continue
      this.#soltar(rezagado, 'cubierto')
    }
  }
}

/** Lo suyo de hasta ahí ya lo recibió. `false` si ya iba más adelante. */
const adelantar = (rezagado: Rezagado, posicion: Marca): boolean => {
  if (posicion.startsWith('@')) return false
  if (!rezagado.marca.startsWith('@') && alcanza(rezagado.marca, posicion) && rezagado.marca !== posicion) return false
  rezagado.marca = posicion
  return true
}
