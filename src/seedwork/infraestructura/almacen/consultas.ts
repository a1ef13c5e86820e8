import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

export type Dialecto = 'sqlite' | 'postgres'

/** Lo que cabe en una columna de los dos almacenes. */
export type Valor = string | number | null | Uint8Array

/** De dónde sale un valor de una sentencia: un parámetro por su nombre, lo que se calcula de todos ellos, o siempre el mismo. */
export type Hueco = Parametro | Calculado | Valor
export type Sentencia = Readonly<{ sql: string; valores: readonly Hueco[] }>

/** Un hueco de la sentencia: se llena con el parámetro de ese nombre en cada llamada. */
export class Parametro {
  readonly nombre: string
  constructor(nombre: string) {
    this.nombre = nombre
  }
  /** Un hueco no es un valor todavía: sumarlo o pegarlo a un texto daría una consulta que miente. */
  [Symbol.toPrimitive](): never {
    throw new TypeError(`El parámetro «${this.nombre}» se usó como valor al armar la consulta.`)
  }
}

/** Otro hueco: se llena con lo que `de` saca de los parámetros de cada llamada. */
export class Calculado {
  readonly de: (parametros: object) => Valor
  constructor(de: (parametros: object) => Valor) {
    this.de = de
  }
}

/** Una consulta escrita una vez con Kysely. `P` son sus parámetros y `R` una fila de su respuesta. */
export interface Consulta<P extends object, R> {
  /** Compila la primera vez; después devuelve la misma sentencia. */
  sentencia(dialecto: Dialecto): Sentencia
  readonly _tipos?: (parametros: P) => R
}

/**
 * Da la función con que un módulo escribe sus consultas sobre sus tablas. Los parámetros se usan como si fueran valores:
 * `consulta((db, p: { id: string }) => db.selectFrom('reservas').selectAll().where('id', '=', p.id))`.
 * Se compila una sola vez por dialecto (compilar en cada llamada cuesta 2,5 veces más que la consulta entera).
 */
export const consultas =
  <Tablas>() =>
  <P extends object, R>(
    armar: (db: Kysely<Tablas>, parametros: P, dialecto: Dialecto) => { compile(): CompiledQuery<R> },
  ): Consulta<P, R> => {
    const hechas: Partial<Record<Dialecto, Sentencia>> = {}
    const compilar = (dialecto: Dialecto): Sentencia => {
      const { sql, parameters } = armar(compiladores[dialecto] as unknown as Kysely<Tablas>, huecos as P, dialecto).compile()
      return { sql, valores: parameters as readonly Hueco[] }
    }
    return {
      sentencia: (dialecto) => {
        hechas[dialecto] ??= compilar(dialecto)
        return hechas[dialecto]
      },
    }
  }

/** Cada propiedad que se le pide es el hueco de ese nombre. */
const huecos = new Proxy({}, { get: (_, nombre) => new Parametro(String(nombre)) })

/** Bases sin conexión: sólo compilan. */
export const compiladores = {
  sqlite: new Kysely<unknown>({
    dialect: {
      createDriver: () => new DummyDriver(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  postgres: new Kysely<unknown>({
    dialect: {
      createDriver: () => new DummyDriver(),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
}
