import type { Almacen } from '../../almacen/puerto.ts'
import type { Cancelable, Entorno } from '../../puertos.ts'
import { type Atraso, SALIDA } from '../puerto.ts'
import type { Administracion, EstadoInterno } from './admin.ts'
import { leerPosicion } from './posicion.ts'
import type { RelevoDeTopico } from './relevo.ts'
import type { SuscripcionPulsar } from './suscripcion.ts'
import { acusesDe, contarDevueltos } from './tablas_de_consumo.ts'
import { mirarSalidas } from './tablas_de_salida.ts'

/** Cada cuánto se mira si otro proceso dejó algo por enviar, o devolvió algo apartado. */
const ENTRE_MIRADAS_MS = 1_000
/** Cada cuánto se le pregunta a Pulsar lo que falta, porque otros también publican y saldan. */
const MIRADAS_POR_CUENTA = 5
/** Lo que espera menos que esto sin confirmar va de camino, y no es un atraso. */
const ATRASO_DEL_RELEVO_MS = 5_000
const ENTRE_VISTAZOS_MS = 10

type Opciones = Readonly<{
  admin: Administracion
  almacen: Almacen
  entorno: Entorno
  epoca: () => string
  suscripciones: ReadonlyMap<string, SuscripcionPulsar>
  relevoDe: (topico: string) => RelevoDeTopico
  /** Toma lo que otro proceso devolvió a las suscripciones de éste. */
  recoger: () => Promise<void>
  alFallar: (error: unknown) => void
}>

type Salida = Readonly<{ topico: string; pendientes: number; instante: number }>
type DeSuscripcion = Readonly<{ topico: string; nombre: string }>

/** Mira, de cuando en cuando, lo que falta por enviar y por saldar. */
export class Atrasos {
  readonly #opciones: Opciones
  #salidas: readonly Salida[] = []
  #miradas = 0
  #siguiente: Cancelable | undefined
  #mirando: Promise<void> = Promise.resolve()
  #terminado = false

  constructor(opciones: Opciones) {
    this.#opciones = opciones
    this.#mirar()
  }

  /** Los de las suscripciones de este proceso y, si algo tarda en salir hacia Pulsar, el de su tópico. */
  todos(): Atraso[] {
    const { suscripciones, entorno } = this.#opciones
    const ahora = entorno.reloj.ahora()
    const salidas = this.#salidas.filter(({ instante }) => ahora - instante > ATRASO_DEL_RELEVO_MS)
    return [
      ...[...suscripciones.values()].map((suscripcion) => suscripcion.atraso()),
      ...salidas.map(({ topico, pendientes, instante }) => ({ topico, suscripcion: SALIDA, pendientes, edadMs: ahora - instante })),
    ]
  }

  /**
   * Lo que a la suscripción le falta: lo que Pulsar tiene para ella, lo que aún no ha salido hacia él y lo que un operador le devolvió.
   * `undefined` si Pulsar no la conoce todavía: lo publicado puede estar ya allí, esperando a que se cree.
   */
  async contar(de: DeSuscripcion): Promise<number | undefined> {
    const { almacen } = this.#opciones
    const enPulsar = await this.#enPulsar(de)
    if (enPulsar === undefined) return undefined
    const enSalida = (await almacen.lector.todas(mirarSalidas, {})).find(({ topico }) => topico === de.topico)
    const { devueltos = 0 } = (await almacen.lector.una(contarDevueltos, { topico: de.topico, nombre: de.nombre })) ?? {}
    return enPulsar + devueltos + (enSalida === undefined ? 0 : porSalir(enSalida))
  }

  /** Espera a que salga hacia Pulsar todo lo que ahora espera de un tópico. */
  async hastaQueSalga(topico: string): Promise<void> {
    const { almacen, entorno } = this.#opciones
    const mirar = async () => (await almacen.lector.todas(mirarSalidas, {})).find((fila) => fila.topico === topico)
    const { ultima = 0 } = (await mirar()) ?? {}
    for (let fila = await mirar(); !this.#terminado && (fila?.primera ?? ultima + 1) <= ultima; fila = await mirar())
      await new Promise<void>((resolver) => entorno.planificador.tras(ENTRE_VISTAZOS_MS, resolver))
  }

  terminar(): Promise<void> {
    this.#terminado = true
    this.#siguiente?.cancelar()
    return this.#mirando
  }

  async #enPulsar({ topico, nombre }: DeSuscripcion): Promise<number | undefined> {
    const { admin, almacen } = this.#opciones
    if ((await admin.particiones(topico)) > 0) return (await admin.atrasosParticionados(topico))[nombre]?.msgBacklog
    const estado = await admin.estadoInterno(topico)
    const cursor = estado.cursors[nombre]
    if (cursor === undefined) return undefined
    const acuses = await almacen.lector.todas(acusesDe, { topico, nombre })
    const sinEnterarse = acuses.filter(({ posicion }) => faltaEn(cursor, leerPosicion(this.#opciones.epoca(), posicion)))
    return Math.max(0, estado.entriesAddedCounter - cursor.messagesConsumedCounter - sinEnterarse.length)
  }

  #mirar(): void {
    if (this.#terminado) return
    const { alFallar, entorno } = this.#opciones
    this.#mirando = this.#mirarTodo()
      .catch(alFallar)
      .finally(() => {
        if (!this.#terminado) this.#siguiente = entorno.planificador.tras(ENTRE_MIRADAS_MS, () => this.#mirar())
      })
  }

  async #mirarTodo(): Promise<void> {
    const { almacen, relevoDe, suscripciones, recoger } = this.#opciones
    const filas = await almacen.lector.todas(mirarSalidas, {})
    if (this.#terminado) return
    this.#salidas = filas.flatMap((fila) =>
      fila.instante === null ? [] : [{ ...fila, instante: fila.instante, pendientes: porSalir(fila) }],
    )
    for (const { topico } of this.#salidas) relevoDe(topico).mirar()
    await recoger()
    if (++this.#miradas % MIRADAS_POR_CUENTA > 0) return
    for (const suscripcion of suscripciones.values()) await this.#recontar(suscripcion)
  }

  /** Sólo vale si mientras se preguntaba no pasó nada aquí: lo que va de camino se contaría dos veces, o ninguna. */
  async #recontar(suscripcion: SuscripcionPulsar): Promise<void> {
    const antes = suscripcion.cambios
    const pendientes = await this.contar(suscripcion)
    if (pendientes !== undefined && suscripcion.cambios === antes) suscripcion.contados(pendientes)
  }
}

type MiradaDeSalida = Readonly<{ ultima: number; primera: number | null }>
const porSalir = ({ ultima, primera }: MiradaDeSalida): number => (primera === null ? 0 : ultima - primera + 1)

type Cursor = EstadoInterno['cursors'][string]

/** Si Pulsar todavía no sabe que esa posición está acusada. Sus tramos acusados se escriben `[(1:3..1:5],(1:8..1:9]]`, sin el primero. */
const faltaEn = ({ markDeletePosition, individuallyDeletedMessages }: Cursor, id: ReturnType<typeof leerPosicion>): boolean => {
  if (id === undefined) return false
  const tras = (posicion: string): boolean => {
    const [ledger = 0, entrada = 0] = posicion.split(':').map(Number)
    return id.ledger > ledger || (id.ledger === ledger && id.entrada > entrada)
  }
  const tramos = [...individuallyDeletedMessages.matchAll(/\((-?\d+:-?\d+)\.\.(-?\d+:-?\d+)\]/g)]
  return tras(markDeletePosition) && !tramos.some(([, desde = '', hasta = '']) => tras(desde) && !tras(hasta))
}
