import pg, { type Client, type PoolConfig, type QueryConfig, type QueryResult } from 'pg'
import { Calculado, type Consulta, type Hueco, Parametro } from '../consultas.ts'
import type { ConexionDeTx } from '../tx.ts'
import { callo } from './errores.ts'

type Preparada = Readonly<{ name: string; text: string; argumentos: (parametros: object) => unknown[] }>

/** El nombre con que cada conexión prepara una consulta la primera vez: el mismo en todas, porque el texto es el mismo. */
const preparadas = new WeakMap<Consulta<never, unknown>, Preparada>()
let nombradas = 0

const preparar = <P extends object, R>(consulta: Consulta<P, R>): Preparada => {
  const llave = consulta as unknown as Consulta<never, unknown>
  let preparada = preparadas.get(llave)
  if (preparada === undefined) {
    const { sql: text, valores } = consulta.sentencia('postgres')
    nombradas += 1
    preparada = {
      name: `c${nombradas}`,
      text,
      argumentos: (parametros) => valores.map((hueco) => enviable(llenar(hueco, parametros))),
    }
    preparadas.set(llave, preparada)
  }
  return preparada
}

const llenar = (hueco: Hueco, parametros: object): unknown => {
  if (hueco instanceof Parametro) return (parametros as Readonly<Record<string, unknown>>)[hueco.nombre]
  return hueco instanceof Calculado ? hueco.de(parametros) : hueco
}

/** Una conexión del grupo, mientras una unidad o una lectura la tiene. */
export class ConexionPostgres implements ConexionDeTx {
  readonly #cliente: Client
  #enTransaccion = false
  /** Lo que condenó la transacción: a lo que se pida después, PostgreSQL sólo contesta que está condenada. */
  #primerError: unknown
  #juntando = false

  constructor(cliente: Client) {
    this.#cliente = cliente
  }

  get enTransaccion(): boolean {
    return this.#enTransaccion
  }

  async todas<P extends object, R>(consulta: Consulta<P, R>, parametros: P): Promise<R[]> {
    // PostgreSQL no guarda el carácter nulo: nada de lo que hay coincide con un texto que lo lleve.
    if (conNulo(parametros)) return []
    return (await this.#pedir<R>(consulta, parametros)).rows
  }

  async una<P extends object, R>(consulta: Consulta<P, R>, parametros: P): Promise<R | undefined> {
    return (await this.todas(consulta, parametros))[0]
  }

  async ejecutar<P extends object>(consulta: Consulta<P, unknown>, parametros: P): Promise<number> {
    return (await this.#pedir(consulta, parametros)).rowCount ?? 0
  }

  escribir<P extends object>(consulta: Consulta<P, unknown>, parametros: P): void {
    this.#pedir(consulta, parametros).catch(() => {})
  }

  async orden(sql: string): Promise<void> {
    await this.#anotandoElPrimero(this.#enviar(sql))
    if (sql.startsWith('ROLLBACK TO')) this.#primerError = undefined
  }

  /** Abre la transacción sin esperar respuesta: va en el mismo viaje que lo primero que se pida. */
  comenzar(): void {
    this.#enTransaccion = true
    this.#anotandoElPrimero(this.#enviar('BEGIN')).catch(() => {})
  }

  /**
   * Confirma, en el mismo viaje que lo escrito sin esperar. Una sentencia que falló y nadie dejó salir condena la transacción, y PostgreSQL
   * contesta a COMMIT que deshizo: se lanza aquel error. `alPedir` corre cuando desde ahí ya no se sabe si quedó.
   */
  async confirmar(alPedir: () => void): Promise<void> {
    alPedir()
    const { command } = await this.#anotandoElPrimero(this.#enviar('COMMIT'))
    this.#enTransaccion = false
    if (this.#primerError !== undefined) throw this.#primerError
    if (command !== 'COMMIT') throw new Error('La transacción se deshizo al confirmarla.')
  }

  async deshacer(): Promise<void> {
    this.#enTransaccion = false
    await this.#cliente.query('ROLLBACK')
  }

  #pedir<R>(consulta: Consulta<never, unknown> | Consulta<object, unknown>, parametros: object): Promise<QueryResult<R & object>> {
    const { name, text, argumentos } = preparar(consulta as Consulta<object, unknown>)
    return this.#anotandoElPrimero(this.#enviar<R & object>({ name, text, values: argumentos(parametros) }))
  }

  /** Todo lo que se envía en esta vuelta sale en una sola escritura. */
  #enviar<R extends object>(peticion: string | QueryConfig): Promise<QueryResult<R>> {
    if (!this.#juntando) {
      const { stream } = this.#cliente.connection
      this.#juntando = true
      stream.cork()
      process.nextTick(() => {
        this.#juntando = false
        stream.uncork()
      })
    }
    return this.#cliente.query<R>(peticion)
  }

  /**
   * Lanza lo que condenó la transacción, y no que está condenada. Cuando a una sentencia se le acaba su plazo el cliente destruye la
   * conexión: lo que se pidió después dice que se cortó, y también es que el servidor calló.
   */
  async #anotandoElPrimero<R>(respuesta: Promise<R>): Promise<R> {
    try {
      return await respuesta
    } catch (error) {
      this.#primerError ??= error
      const condenada = error instanceof Error && 'code' in error && error.code === CONDENADA
      throw condenada || callo(this.#primerError) ? this.#primerError : error
    }
  }
}

/** «current transaction is aborted, commands ignored until end of transaction block». */
const CONDENADA = '25P02'

/**
 * El carácter nulo, que no cabe en un texto de PostgreSQL, se guarda como lo que es: algo que no se pudo representar. Lo que el cliente
 * tendría que convertir no se envía: si la conversión fallara, el servidor no lo sabría y confirmaría lo demás.
 */
const enviable = (valor: unknown): unknown => {
  if (typeof valor === 'string') return valor.includes('\0') ? valor.replaceAll('\0', '\uFFFD') : valor
  if (typeof valor === 'object' && valor !== null && !(valor instanceof Uint8Array)) throw new TypeError('No es un valor de una columna.')
  return valor
}

const conNulo = (parametros: object): boolean =>
  Object.values(parametros).some((valor) => typeof valor === 'string' && valor.includes('\0'))

const BIGINT = 20

/** Las cuentas y los instantes caben en un número; uno que no cupiera mentiría en silencio. */
const aNumero = (texto: string): number => {
  const numero = Number(texto)
  if (!Number.isSafeInteger(numero)) throw new RangeError(`El entero ${texto} no cabe en un número.`)
  return numero
}

/** Cómo se abren las conexiones. `maximo` es de este proceso. Lo que la dirección diga va por encima. */
export const configuracion = (direccion: string, { maximo, nombre }: { maximo: number; nombre: string }): PoolConfig => ({
  connectionString: direccion,
  application_name: nombre,
  max: maximo,
  // Lo más que se espera una conexión, nueva o de las que otros tienen.
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 30_000,
  keepAlive: true,
  statement_timeout: 15_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 15_000,
  // Si ni siquiera contesta que no: un servidor que desapareció sin cerrar.
  query_timeout: 20_000,
  pipeline: true,
  types: { getTypeParser: (oid, formato) => (oid === BIGINT ? aNumero : pg.types.getTypeParser(oid, formato)) },
})
