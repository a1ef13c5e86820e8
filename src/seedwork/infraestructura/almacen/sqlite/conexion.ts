import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { Calculado, type Consulta, type Hueco, Parametro } from '../consultas.ts'
import type { Lector } from '../puerto.ts'
import type { ConexionDeTx } from '../tx.ts'

/** La primera versión sin el defecto de reinicio del WAL que podía dañar el archivo (sqlite.org/wal.html, «WAL-reset bug»). */
const VERSION_MINIMA = [3, 51, 3] as const

type Preparada = Readonly<{
  sentencia: StatementSync
  argumentos: (parametros: object) => SQLInputValue[]
  /** La fila que hay en los valores que da la sentencia. */
  fila: (valores: readonly SQLOutputValue[]) => object
}>

/** Una conexión y sus sentencias preparadas. Todo es síncrono: el archivo está al lado. */
export class Conexion implements ConexionDeTx {
  readonly db: DatabaseSync
  readonly #preparadas = new Map<Consulta<never, unknown>, Preparada>()
  readonly #ordenes = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.db = db
  }

  todas<P extends object, R>(consulta: Consulta<P, R>, parametros: P): R[] {
    const { sentencia, argumentos, fila } = this.#preparar(consulta)
    return (sentencia.all(...argumentos(parametros)) as unknown as SQLOutputValue[][]).map(fila) as R[]
  }

  una<P extends object, R>(consulta: Consulta<P, R>, parametros: P): R | undefined {
    const { sentencia, argumentos, fila } = this.#preparar(consulta)
    const valores = sentencia.get(...argumentos(parametros)) as SQLOutputValue[] | undefined
    return valores && (fila(valores) as R)
  }

  ejecutar<P extends object>(consulta: Consulta<P, unknown>, parametros: P): number {
    const { sentencia, argumentos } = this.#preparar(consulta)
    return Number(sentencia.run(...argumentos(parametros)).changes)
  }

  escribir<P extends object>(consulta: Consulta<P, unknown>, parametros: P): void {
    this.ejecutar(consulta, parametros)
  }

  /** Una orden fija (BEGIN, SAVEPOINT…), preparada la primera vez. */
  orden(sql: string): void {
    let sentencia = this.#ordenes.get(sql)
    if (sentencia === undefined) {
      sentencia = this.db.prepare(sql)
      this.#ordenes.set(sql, sentencia)
    }
    sentencia.run()
  }

  get enTransaccion(): boolean {
    return this.db.isTransaction
  }

  cerrar(): void {
    if (this.db.isOpen) this.db.close()
  }

  #preparar<P extends object, R>(consulta: Consulta<P, R>): Preparada {
    const llave = consulta as unknown as Consulta<never, unknown>
    let preparada = this.#preparadas.get(llave)
    if (preparada === undefined) {
      const { sql, valores } = consulta.sentencia('sqlite')
      const argumentos = (parametros: object) => valores.map((hueco) => llenar(hueco, parametros) as SQLInputValue)
      const sentencia = this.db.prepare(sql)
      sentencia.setReturnArrays(true)
      preparada = { sentencia, argumentos, fila: filaDe(sentencia.columns().map(({ name }) => name)) }
      this.#preparadas.set(llave, preparada)
    }
    return preparada
  }
}

/**
 * Arma las filas con esos nombres. Los objetos que da `node:sqlite` no comparten forma, y V8 busca cada propiedad suya en una tabla: leer
 * una reserva y usarla costaba la mitad más (8,7 µs y no 5,8).
 */
const filaDe =
  (nombres: readonly string[]) =>
  (valores: readonly SQLOutputValue[]): object => {
    const fila: Record<string, SQLOutputValue> = {}
    for (let i = 0; i < nombres.length; i++) fila[nombres[i] as string] = valores[i] as SQLOutputValue
    return fila
  }

const llenar = (hueco: Hueco, parametros: object): unknown => {
  if (hueco instanceof Parametro) return (parametros as Readonly<Record<string, unknown>>)[hueco.nombre]
  return hueco instanceof Calculado ? hueco.de(parametros) : hueco
}

/** La única conexión que escribe en este proceso. `synchronous=FULL`: un commit confirmado está en el disco. */
export const abrirEscritora = (archivo: string): Conexion =>
  preparada(new DatabaseSync(archivo), (db) => {
    exigirVersion((db.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version)
    db.exec('PRAGMA busy_timeout = 100; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    if (process.platform === 'darwin') db.exec('PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON')
    exigirPragmas(db, { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 })
    // Abierta, ya no espera dentro de SQLite, donde el hilo se queda parado: si otro escribe, reintenta el grupo.
    db.exec('PRAGMA busy_timeout = 0')
  })

/** En KiB: lo que hace falta para no releer, con un millón de reservas, los nodos de arriba. Con 2 MB, los de siempre, leer una costaba 8,3 µs y no 5,6. */
const CACHE_DE_LECTORA = 16_000

/** Una conexión que sólo lee, y sólo lo confirmado. */
export const abrirLectora = (archivo: string): Conexion =>
  preparada(new DatabaseSync(archivo, { readOnly: true }), (db) => {
    db.exec(`PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA cache_size = -${CACHE_DE_LECTORA}`)
    exigirPragmas(db, { query_only: 1 })
  })

export const comoLector = (conexion: Conexion): Lector => ({
  todas: async (consulta, parametros) => conexion.todas(consulta, parametros),
  una: async (consulta, parametros) => conexion.una(consulta, parametros),
})

/** Si algo no cuadra no deja la base abierta, con sus cerrojos. */
const preparada = (db: DatabaseSync, preparar: (db: DatabaseSync) => void): Conexion => {
  try {
    preparar(db)
    return new Conexion(db)
  } catch (error) {
    db.close()
    throw error
  }
}

const exigirPragmas = (db: DatabaseSync, esperados: Readonly<Record<string, string | number>>): void => {
  for (const [nombre, esperado] of Object.entries(esperados)) {
    const valor = Object.values(db.prepare(`PRAGMA ${nombre}`).get() ?? {})[0]
    if (valor !== esperado) throw new Error(`PRAGMA ${nombre} debía ser ${esperado} y es ${valor}: no se puede garantizar lo confirmado.`)
  }
}

/** Lanza si esta versión de SQLite tiene el defecto del WAL. */
export const exigirVersion = (version: string): void => {
  const [a = 0, b = 0, c = 0] = version.split('.').map(Number)
  const [x, y, z] = VERSION_MINIMA
  const suficiente = a !== x ? a > x : b !== y ? b > y : c >= z
  if (!suficiente)
    throw new Error(`SQLite ${version} es anterior a ${VERSION_MINIMA.join('.')}, que corrige un defecto del WAL. Usa un Node más nuevo.`)
}
