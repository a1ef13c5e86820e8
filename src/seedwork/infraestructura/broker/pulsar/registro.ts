import type { Almacen, Tx } from '../../almacen/puerto.ts'
import type { Entorno } from '../../puertos.ts'
import { Paciencia } from '../paciencia.ts'
import type { Causa } from '../puerto.ts'
import type { Recibido } from './recibido.ts'
import * as tablas from './tablas_de_consumo.ts'

/** Pulsar guarda sus acuses cada tanto (10 s si no se le dice otra cosa): lo que devuelva tras caer es de hace menos que esto. */
const CONSERVAR_ACUSES_MS = 3_600_000
const CONSERVAR_TRAMOS_MS = 24 * 3_600_000

/** Con qué historia llega un mensaje: veces entregado, muertes del proceso seguidas mientras se manejaba, y hasta cuándo lo retiene un rechazo. */
export type Previos = Readonly<{ intentos: number; caidas: number; noAntes: number }>

export const NUNCA_ENTREGADO: Previos = { intentos: 0, caidas: 0, noAntes: 0 }
/** Otra vida lo tenía en curso al morir. La primera entrega no deja más rastro que ése. */
export const SOSPECHOSO: Previos = { intentos: 1, caidas: 1, noAntes: 0 }

/** Tercera caída con el mismo mensaje en curso: no se entrega una cuarta vez. */
export const CAIDAS_MAXIMAS = 3
export const MATO_AL_PROCESO: Causa = {
  codigo: 'mato_al_proceso',
  mensaje: `El proceso murió ${CAIDAS_MAXIMAS} veces con este mensaje en curso.`,
}

/** Lo que la base sabe de unos mensajes recién llegados. `sospechosas`: otra vida pudo tenerlas en curso al morir. */
export type Historia = Readonly<{
  tramo: string
  acusadas: ReadonlySet<string>
  previos: ReadonlyMap<string, Previos>
  sospechosas: ReadonlySet<string>
}>

type DeSuscripcion = Readonly<{ topico: string; nombre: string }>
type Contexto = Readonly<{ almacen: Almacen; entorno: Entorno; dueno: string; alFallar: (error: unknown) => void }>

/** Lo que una suscripción escribe de sí misma en la base. */
export class RegistroPulsar {
  readonly #contexto: Contexto
  readonly #de: DeSuscripcion
  /** Los tramos de otras vidas y lo que queda por saldar de cada uno. */
  readonly #ajenos = new Map<string, Set<string>>()
  readonly #paciencia: Paciencia

  constructor(contexto: Contexto, de: DeSuscripcion) {
    this.#contexto = contexto
    this.#de = de
    this.#paciencia = new Paciencia(contexto)
  }

  /** Anota, de forma durable, que estos mensajes pueden estar en curso desde ahora, y dice qué se sabe de cada uno. */
  async abrirTramo(claves: readonly string[]): Promise<Historia> {
    const { dueno: miembro, entorno } = this.#contexto
    const tramo = entorno.ids()
    const lista = JSON.stringify(claves)
    return this.conPaciencia(async (tx) => {
      const acusadas = await tx.todas(tablas.acusadasDe, { ...this.#de, lista })
      const intentos = await tx.todas(tablas.intentosDe, { ...this.#de, lista })
      const sospechosas = await this.#sospechosas(tx, claves)
      await tx.ejecutar(tablas.agregarTramo, { ...this.#de, tramo, miembro, posiciones: lista, instante: entorno.reloj.ahora() })
      return {
        tramo,
        sospechosas,
        acusadas: new Set(acusadas.map(({ posicion }) => posicion)),
        previos: new Map(intentos.map((fila) => [fila.posicion, { intentos: fila.intentos, caidas: fila.caidas, noAntes: fila.no_antes }])),
      }
    })
  }

  async #sospechosas(tx: Tx, claves: readonly string[]): Promise<Set<string>> {
    for (const { tramo, posiciones } of await tx.todas(tablas.tramosAjenos, { ...this.#de, miembro: this.#contexto.dueno })) {
      if (this.#ajenos.has(tramo)) continue
      const suyas = new Set(JSON.parse(posiciones) as string[])
      for (const { posicion } of await tx.todas(tablas.acusadasDe, { ...this.#de, lista: posiciones })) suyas.delete(posicion)
      this.#ajenos.set(tramo, suyas)
    }
    const ajenos = [...this.#ajenos.values()]
    return new Set(claves.filter((clave) => ajenos.some((suyas) => suyas.has(clave))))
  }

  /** Si lo acusó ahora, y no estaba acusado ya. */
  async acusar(tx: Tx, { clave, devuelto }: Recibido, conIntentos: boolean): Promise<boolean> {
    if (conIntentos) await tx.ejecutar(tablas.borrarIntento, { ...this.#de, posicion: clave })
    if (devuelto !== undefined) return (await tx.ejecutar(tablas.saldarDevuelto, { numero: devuelto })) > 0
    const instante = this.#contexto.entorno.reloj.ahora()
    return (await tx.ejecutar(tablas.acusar, { ...this.#de, posicion: clave, instante })) > 0
  }

  /** Saldado: lo de otras vidas que ya no tiene nada pendiente se olvida. */
  saldado(clave: string): void {
    for (const [tramo, suyas] of this.#ajenos) if (suyas.delete(clave) && suyas.size === 0) this.cerrarTramo(tramo)
  }

  guardarIntento(posicion: string, { intentos, caidas, noAntes }: Previos): Promise<unknown> {
    return this.conPaciencia((tx) => tx.ejecutar(tablas.guardarIntento, { ...this.#de, posicion, intentos, caidas, no_antes: noAntes }))
  }

  /** Nada de ese tramo está ya en curso. */
  cerrarTramo(tramo: string): void {
    this.#ajenos.delete(tramo)
    void this.#sinFalta((tx) => tx.ejecutar(tablas.borrarTramo, { tramo }))
  }

  /** Esta vida terminó en orden: no deja nada por sospechar. */
  terminar(): Promise<void> {
    return this.#sinFalta((tx) => tx.ejecutar(tablas.borrarTramosDe, { ...this.#de, miembro: this.#contexto.dueno }))
  }

  olvidar(): void {
    const ahora = this.#contexto.entorno.reloj.ahora()
    void this.#sinFalta(async (tx) => {
      await tx.ejecutar(tablas.olvidarAcuses, { ...this.#de, antes: ahora - CONSERVAR_ACUSES_MS })
      await tx.ejecutar(tablas.olvidarTramos, { ...this.#de, antes: ahora - CONSERVAR_TRAMOS_MS })
    })
  }

  /** Espera al almacén lo que haga falta (`Paciencia`). */
  conPaciencia<T>(unidad: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#paciencia.escribir(unidad)
  }

  /** Se está cerrando: lo que el almacén no guarde ya a la primera se entregará otra vez al volver. */
  rendirse(): void {
    this.#paciencia.rendirse()
  }

  async #sinFalta(unidad: (tx: Tx) => Promise<unknown>): Promise<void> {
    await this.#contexto.almacen.ejecutar(unidad, 'consumidor').catch(this.#contexto.alFallar)
  }
}
