import type { Entorno } from '../../puertos.ts'
import { esPasajero } from '../paciencia.ts'
import { type Inicio, topicoDeApartados } from '../puerto.ts'
import type { Administracion } from './admin.ts'
import { brokerAntiguo } from './errores.ts'
import { type EsquemaARegistrar, registrarEsquemas } from './esquemas.ts'
import { posicionPerdida, seConserva } from './lectura.ts'
import { leerPosicion } from './posicion.ts'
import { Reconexion } from './reconexion.ts'

/** La LTS anterior; de ahí en adelante todo lo que se usa existe. */
const VERSION_MINIMA = '3.0.0'
/** Quien lee los tópicos de apartados: existe desde antes del primero, así que ninguno se borra sin que alguien lo vea. */
const OPERADOR = 'operador'
const EPOCA = 'epoca'
/** Las horas de publicación son del reloj de Pulsar, que puede ir por delante del de aquí. */
const DESFASE_DE_RELOJES_MS = 5 * 60_000

type Opciones = Readonly<{
  admin: Administracion
  entorno: Entorno
  esquemas: readonly EsquemaARegistrar[]
  conservarMs: number | undefined
  alFallar: (error: unknown) => void
}>

/** Deja a Pulsar como hace falta antes de la primera conexión: repetidos descartados, retención, tópicos y esquemas. */
export class Preparacion {
  readonly #opciones: Opciones
  readonly #lista = Promise.withResolvers<void>()
  readonly #reconexion: Reconexion
  readonly #topicos = new Map<string, Promise<void>>()
  #epoca = ''
  #hecha = false

  constructor(opciones: Opciones) {
    this.#opciones = opciones
    this.#reconexion = new Reconexion(opciones.entorno, () => void this.intentar().catch(() => {}))
    this.#lista.promise.catch(() => {})
  }

  /** Se cumple cuando Pulsar está preparado; rechaza si lo que falla no se arregla esperando. */
  get lista(): Promise<void> {
    return this.#lista.promise
  }

  get hecha(): boolean {
    return this.#hecha
  }

  /** La historia de este espacio de nombres: si Pulsar empieza de cero, es otra. */
  get epoca(): string {
    return this.#epoca
  }

  /** Un intento ya, y si no contesta, otros más adelante. Lanza sólo lo que no se arregla esperando. */
  async intentar(): Promise<void> {
    try {
      await this.#preparar()
      this.#hecha = true
      this.#lista.resolve()
    } catch (error) {
      if (!esPasajero(error)) {
        this.#lista.reject(error)
        throw error
      }
      this.#opciones.alFallar(error)
      this.#reconexion.otraVez()
    }
  }

  terminar(): void {
    this.#reconexion.terminar()
  }

  /** El tópico existe, con su esquema si se declaró. */
  topico(nombre: string, conElEsquemaDe = nombre): Promise<void> {
    const abierto = this.#topicos.get(nombre) ?? this.#crearTopico(nombre, conElEsquemaDe)
    this.#topicos.set(nombre, abierto)
    abierto.catch(() => this.#topicos.delete(nombre))
    return abierto
  }

  /** El tópico, el de sus apartados, y la suscripción donde se pidió que empiece si todavía no existe. */
  async suscripcion({ topico, nombre, inicio }: { topico: string; nombre: string; inicio: Inicio }): Promise<void> {
    await this.#lista.promise
    const { admin } = this.#opciones
    await this.topico(topico)
    const apartados = topicoDeApartados(topico, nombre)
    await this.topico(apartados, topico)
    await admin.crearSuscripcion(apartados, OPERADOR, 'earliest')
    if ((await admin.suscripciones(topico)).includes(nombre)) return
    await this.#empezar({ topico, nombre, inicio })
  }

  async #empezar({ topico, nombre, inicio }: { topico: string; nombre: string; inicio: Inicio }): Promise<void> {
    const { admin, entorno } = this.#opciones
    if (inicio === 'primero' || inicio === 'ultimo')
      return admin.crearSuscripcion(topico, nombre, inicio === 'primero' ? 'earliest' : 'latest')
    if ('posicion' in inicio) {
      const id = leerPosicion(this.#epoca, inicio.posicion)
      if (id === undefined || !seConserva(await admin.estadoInterno(topico), id)) throw posicionPerdida(inicio.posicion)
      await admin.crearSuscripcion(topico, nombre, 'latest')
      return admin.moverSuscripcionTras(topico, nombre, id)
    }
    await admin.crearSuscripcion(topico, nombre, 'latest')
    if (inicio.instante <= entorno.reloj.ahora() + DESFASE_DE_RELOJES_MS) await admin.moverSuscripcion(topico, nombre, inicio.instante)
  }

  async #crearTopico(nombre: string, conElEsquemaDe: string): Promise<void> {
    const { admin, esquemas } = this.#opciones
    await this.#lista.promise
    await admin.crearTopico(nombre)
    const suyo = esquemas.find((esquema) => esquema.nombre === conElEsquemaDe)
    if (suyo !== undefined) await registrarEsquemas(admin, [{ ...suyo, nombre }])
  }

  async #preparar(): Promise<void> {
    const { admin, entorno, esquemas, conservarMs } = this.#opciones
    const version = await admin.version()
    if (esAnterior(version, VERSION_MINIMA)) throw brokerAntiguo(version, VERSION_MINIMA)
    await admin.comprobarEspacio()
    await admin.sinRepetidos()
    if (conservarMs !== undefined) await admin.conservar(conservarMs)
    if ((await admin.propiedad(EPOCA)) === '') await admin.ponerPropiedad(EPOCA, entorno.ids().replaceAll('-', '').slice(-16))
    this.#epoca = await admin.propiedad(EPOCA)
    for (const { nombre } of esquemas) await admin.crearTopico(nombre)
    await registrarEsquemas(admin, esquemas)
  }
}

const esAnterior = (version: string, minima: string): boolean => {
  const [[a = 0, b = 0] = [], [x = 0, y = 0] = []] = [version, minima].map((v) => v.split('.').map((n) => Number.parseInt(n, 10)))
  return a !== x ? a < x : b < y
}
