import type { Pool, PoolClient } from 'pg'
import type { Entorno } from '../../puertos.ts'
import { almacenCerrado, resultadoDesconocido } from '../errores.ts'
import type { Prioridad, Tx, UnidadDeTrabajo } from '../puerto.ts'
import { puntoDeCaida } from '../punto_de_caida.ts'
import { correrAvisos, escribirJuntas, TxDeUnidad } from '../tx.ts'
import { ConexionPostgres } from './conexion.ts'
import { errorDeAlmacen, esConexionPerdida, esLlaveTomada, noSePidio, seRepite } from './errores.ts'
import { Turnos } from './turnos.ts'

/** Veces que se intenta una unidad que choca con otras, o cuya conexión se corta antes de confirmar. */
const INTENTOS = 8
/** Una llave única que sigue tomada al repetir no es una carrera. */
const INTENTOS_POR_LLAVE = 2
const PAUSA_MS = 5
const PAUSA_MAXIMA_MS = 200

export type DatosDeUnidades = Readonly<{
  pool: Pool
  /** Unidades a la vez. */
  maximo: number
  entorno: Pick<Entorno, 'reloj' | 'planificador' | 'azar'>
  alFallar: (error: unknown) => void
}>

/**
 * Cada unidad corre en su transacción y su conexión, READ COMMITTED. La que choca con otra, o pierde su conexión antes de confirmar, se
 * repite entera desde el principio: por eso una unidad no hace nada fuera de su tx.
 */
export class UnidadesPostgres implements UnidadDeTrabajo {
  readonly #datos: DatosDeUnidades
  readonly #turnos: Turnos
  #enCurso = 0
  #cierre: PromiseWithResolvers<void> | undefined

  constructor(datos: DatosDeUnidades) {
    this.#datos = datos
    this.#turnos = new Turnos(datos.maximo, datos.entorno.reloj)
  }

  async ejecutar<T>(unidad: (tx: Tx) => Promise<T>, prioridad: Prioridad = 'peticion'): Promise<T> {
    if (this.#cierre) throw almacenCerrado()
    this.#enCurso += 1
    try {
      await this.#turnos.tomar(prioridad)
      try {
        return await this.#conReintentos(unidad)
      } finally {
        this.#turnos.soltar()
      }
    } finally {
      this.#enCurso -= 1
      this.#saldar()
    }
  }

  /** No acepta más y termina lo encolado. */
  terminar(): Promise<void> {
    this.#cierre ??= Promise.withResolvers<void>()
    this.#saldar()
    return this.#cierre.promise
  }

  #saldar(): void {
    if (this.#enCurso === 0) this.#cierre?.resolve()
  }

  async #conReintentos<T>(unidad: (tx: Tx) => Promise<T>): Promise<T> {
    for (let intento = 1; ; intento++) {
      const cliente = await this.#datos.pool.connect().catch(lanzarComoAlmacen)
      try {
        return await this.#intentar(cliente, unidad)
      } catch (error) {
        const maximo = esLlaveTomada(error) ? INTENTOS_POR_LLAVE : INTENTOS
        if (intento >= maximo || !seRepite(error)) throw errorDeAlmacen(error)
      }
      await this.#pausa(intento)
    }
  }

  async #intentar<T>(cliente: PoolClient, unidad: (tx: Tx) => Promise<T>): Promise<T> {
    const conexion = new ConexionPostgres(cliente)
    const tx = new TxDeUnidad(conexion)
    let pedido = false
    try {
      conexion.comenzar()
      const valor = await unidad(tx)
      tx.exigirAbierta()
      escribirJuntas(conexion, [tx])
      tx.terminar()
      puntoDeCaida('uow.antes_de_confirmar')
      await conexion.confirmar(() => {
        pedido = true
      })
      puntoDeCaida('uow.despues_de_confirmar')
      cliente.release()
      correrAvisos(tx.avisos, this.#datos.alFallar)
      return valor
    } catch (error) {
      tx.terminar()
      const perdida = esConexionPerdida(error)
      await soltarDeshecha(cliente, conexion, perdida)
      throw pedido && perdida && !noSePidio(error) ? resultadoDesconocido(error) : error
    }
  }

  /** Al azar dentro de un tope que se dobla: las que chocaron no vuelven juntas. */
  #pausa(intento: number): Promise<void> {
    const { planificador, azar } = this.#datos.entorno
    const tope = Math.min(PAUSA_MAXIMA_MS, PAUSA_MS * 2 ** intento)
    return new Promise((resolver) => void planificador.tras(azar() * tope, resolver))
  }
}

const lanzarComoAlmacen = (error: unknown): never => {
  throw errorDeAlmacen(error)
}

/** Una conexión de la que no se sabe cómo quedó no vuelve al grupo. */
const soltarDeshecha = async (cliente: PoolClient, conexion: ConexionPostgres, perdida: boolean): Promise<void> => {
  try {
    if (!perdida && conexion.enTransaccion) await conexion.deshacer()
    cliente.release(perdida)
  } catch {
    cliente.release(true)
  }
}
