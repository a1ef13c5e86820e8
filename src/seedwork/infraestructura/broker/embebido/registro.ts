import type { Almacen, Junta, Lector, Tx } from '../../almacen/puerto.ts'
import type { Entorno } from '../../puertos.ts'
import { Paciencia } from '../paciencia.ts'
import * as tablas from './tablas.ts'

/** Con qué historia llega un mensaje: veces entregado, muertes del proceso seguidas mientras se manejaba, y hasta cuándo lo retiene un rechazo. */
export type Previos = Readonly<{ intentos: number; caidas: number; noAntes: number }>

type DeSuscripcion = Readonly<{ topico: string; nombre: string }>

/** Donde quedó una suscripción. `acusadas` y `previos` son de posiciones posteriores a `hasta`. */
export type EstadoGuardado = Readonly<{
  hasta: number
  abiertoHasta: number
  acusadas: Set<number>
  previos: Map<number, Previos>
  pendientes: number
}>

/** Lee donde quedó la suscripción; si es nueva, la crea después de `hasta`. */
export const abrirEstado = async (tx: Tx, { topico, nombre }: DeSuscripcion, hasta: number): Promise<EstadoGuardado> => {
  await tx.ejecutar(tablas.crearSuscripcion, { topico, nombre, hasta })
  return leerEstado(tx, { topico, nombre })
}

const leerEstado = async (lector: Lector, { topico, nombre }: DeSuscripcion): Promise<EstadoGuardado> => {
  const guardada = await lector.una(tablas.leerSuscripcion, { topico, nombre })
  const desde = guardada?.hasta ?? 0
  const acuses = await lector.todas(tablas.leerAcuses, { topico, nombre, desde })
  const intentos = await lector.todas(tablas.leerIntentos, { topico, nombre, desde })
  const { total = 0 } = (await lector.una(tablas.contarDesde, { topico, nombre, desde })) ?? {}
  return {
    hasta: desde,
    abiertoHasta: guardada?.abierto_hasta ?? 0,
    acusadas: new Set(acuses.map(({ posicion }) => posicion)),
    previos: new Map(intentos.map((fila) => [fila.posicion, { intentos: fila.intentos, caidas: fila.caidas, noAntes: fila.no_antes }])),
    pendientes: total - acuses.length,
  }
}

type Contexto = Readonly<{ almacen: Almacen; entorno: Entorno; alFallar: (error: unknown) => void }>

/** Lo que una suscripción escribe de sí misma. */
export class Registro {
  readonly #contexto: Contexto
  readonly #de: DeSuscripcion
  readonly #paciencia: Paciencia
  /** Los acuses de las unidades que comparten un commit: escribirlos de uno en uno era la sexta parte de consumir. */
  readonly #acuses: Junta<DeSuscripcion>

  constructor(contexto: Contexto, de: DeSuscripcion) {
    this.#contexto = contexto
    this.#de = de
    this.#paciencia = new Paciencia(contexto)
    this.#acuses = { consulta: tablas.acusarPosiciones, parametros: { topico: de.topico, nombre: de.nombre } }
  }

  /** Queda acusada con el commit de esa tx; si se deshace, no. Repetirlo no cambia nada. */
  async acusar(tx: Tx, posicion: number): Promise<void> {
    tx.juntar(this.#acuses, posicion)
  }

  /** Si lo acusó ahora, y no estaba acusado ya. */
  async acusarAhora(tx: Tx, posicion: number): Promise<boolean> {
    return (await tx.ejecutar(tablas.acusarPosicion, { ...this.#de, posicion })) > 0
  }

  guardarIntento(posicion: number, { intentos, caidas, noAntes }: Previos): Promise<void> {
    return this.conPaciencia((tx) => tx.ejecutar(tablas.guardarIntento, { ...this.#de, posicion, intentos, caidas, no_antes: noAntes }))
  }

  abrirHasta(abierto_hasta: number): Promise<void> {
    return this.conPaciencia((tx) => tx.ejecutar(tablas.abrirHasta, { ...this.#de, abierto_hasta }))
  }

  /** La marca de agua reemplaza a los acuses e intentos que quedaron por debajo. */
  async compactar(hasta: number, { abiertoHasta }: { abiertoHasta?: number } = {}): Promise<void> {
    const unidad = async (tx: Tx): Promise<void> => {
      await tx.ejecutar(tablas.avanzarHasta, { ...this.#de, hasta })
      await tx.ejecutar(tablas.borrarAcuses, { ...this.#de, hasta })
      await tx.ejecutar(tablas.borrarIntentos, { ...this.#de, hasta })
      if (abiertoHasta !== undefined) await tx.ejecutar(tablas.abrirHasta, { ...this.#de, abierto_hasta: abiertoHasta })
    }
    await this.#contexto.almacen.ejecutar(unidad, 'consumidor').catch(this.#contexto.alFallar)
  }

  /** Espera al almacén lo que haga falta (`Paciencia`). */
  async conPaciencia(unidad: (tx: Tx) => Promise<unknown>): Promise<void> {
    await this.#paciencia.escribir(unidad)
  }

  /** Se está cerrando: lo que el almacén no guarde ya a la primera se entregará otra vez al volver. */
  rendirse(): void {
    this.#paciencia.rendirse()
  }
}
