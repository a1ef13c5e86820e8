import type { Consulta, Valor } from './consultas.ts'
import { txOcupada, txTerminada } from './errores.ts'
import type { Junta, Tx } from './puerto.ts'

/** La conexión por la que escribe una tx. La de SQLite contesta al momento: ahí esperar no sale de la cola de microtareas. */
export interface ConexionDeTx {
  todas<P extends object, R>(consulta: Consulta<P, R>, parametros: P): R[] | Promise<R[]>
  una<P extends object, R>(consulta: Consulta<P, R>, parametros: P): R | undefined | Promise<R | undefined>
  ejecutar<P extends object>(consulta: Consulta<P, unknown>, parametros: P): number | Promise<number>
  /** Sin esperar la respuesta. Lo que falle se lanza aquí, o con lo que se pida después. */
  escribir<P extends object>(consulta: Consulta<P, unknown>, parametros: P): void
  /** Una orden fija: SAVEPOINT, RELEASE… */
  orden(sql: string): void | Promise<void>
  /** Si la transacción sigue en pie: el almacén puede llevársela entera (disco lleno, conexión cortada). */
  readonly enTransaccion: boolean
}

/** La tx de una unidad, o de un savepoint dentro de ella. Guarda si todavía se puede usar y lo que espera el commit. */
export class TxDeUnidad implements Tx {
  readonly #conexion: ConexionDeTx
  readonly #nivel: number
  readonly avisos: (() => void)[] = []
  readonly juntado: (readonly [Junta, Valor])[] = []
  #interior: TxDeUnidad | undefined
  #estado: 'abierta' | 'ocupada' | 'terminada' = 'abierta'

  constructor(conexion: ConexionDeTx, nivel = 0) {
    this.#conexion = conexion
    this.#nivel = nivel
  }

  async todas<P extends object, R>(consulta: Consulta<P, R>, parametros: P): Promise<R[]> {
    this.exigirAbierta()
    return this.#conexion.todas(consulta, parametros)
  }

  async una<P extends object, R>(consulta: Consulta<P, R>, parametros: P): Promise<R | undefined> {
    this.exigirAbierta()
    return this.#conexion.una(consulta, parametros)
  }

  async ejecutar<P extends object>(consulta: Consulta<P, unknown>, parametros: P): Promise<number> {
    this.exigirAbierta()
    return this.#conexion.ejecutar(consulta, parametros)
  }

  escribir<P extends object>(consulta: Consulta<P, unknown>, parametros: P): void {
    this.exigirAbierta()
    this.#conexion.escribir(consulta, parametros)
  }

  async savepoint<T>(parte: (tx: Tx) => Promise<T>): Promise<T> {
    this.exigirAbierta()
    // Cada nivel lleva su nombre: si `parte` falla con otro savepoint abierto dentro, deshacer va al suyo y no al de más adentro.
    const savepoint = `s${this.#nivel}`
    const tx = new TxDeUnidad(this.#conexion, this.#nivel + 1)
    this.#estado = 'ocupada'
    this.#interior = tx
    try {
      await this.#conexion.orden(`SAVEPOINT ${savepoint}`)
      const resultado = await parte(tx)
      tx.exigirAbierta()
      await this.#conexion.orden(`RELEASE ${savepoint}`)
      for (const aviso of tx.avisos) this.avisos.push(aviso)
      for (const puesto of tx.juntado) this.juntado.push(puesto)
      return resultado
    } catch (error) {
      // Antes de deshacer: lo que alguien dejó sin esperar no debe escribir después.
      tx.terminar()
      await this.#deshacer(savepoint)
      throw error
    } finally {
      tx.terminar()
      this.#interior = undefined
      if (this.#estado === 'ocupada') this.#estado = 'abierta'
    }
  }

  juntar<P extends object>(junta: Junta<P>, valor: Valor): void {
    this.exigirAbierta()
    this.juntado.push([junta as unknown as Junta, valor])
  }

  alConfirmar(aviso: () => void): void {
    this.exigirAbierta()
    this.avisos.push(aviso)
  }

  /** Ya no sirve, ni ella ni los savepoints que tenga abiertos. */
  terminar(): void {
    this.#estado = 'terminada'
    this.#interior?.terminar()
  }

  /** Lanza si no se puede usar: terminó, o tiene abierto un savepoint. Sin su transacción, seguir escribiendo sería fuera de ella. */
  exigirAbierta(): void {
    if (this.#estado === 'terminada' || !this.#conexion.enTransaccion) throw txTerminada()
    if (this.#estado === 'ocupada') throw txOcupada()
  }

  /** Si la unidad ya fue abandonada, sus savepoints se fueron con ella; y un disco lleno pudo llevarse la transacción entera. */
  async #deshacer(savepoint: string): Promise<void> {
    if (this.#estado === 'terminada' || !this.#conexion.enTransaccion) return
    await this.#conexion.orden(`ROLLBACK TO ${savepoint}`)
    await this.#conexion.orden(`RELEASE ${savepoint}`)
  }
}

/** Escribe lo que esas tx juntaron: una sentencia por junta. */
export const escribirJuntas = (conexion: ConexionDeTx, txs: readonly TxDeUnidad[]): void => {
  const listas = new Map<Junta, Valor[]>()
  for (const [junta, valor] of txs.flatMap((tx) => tx.juntado)) {
    const lista = listas.get(junta)
    if (lista === undefined) listas.set(junta, [valor])
    else lista.push(valor)
  }
  for (const [{ consulta, parametros }, lista] of listas) conexion.escribir(consulta, { ...parametros, lista: JSON.stringify(lista) })
}

/** Lo confirmado, confirmado está: un aviso que lanza no calla a los demás ni retiene las respuestas. */
export const correrAvisos = (avisos: readonly (() => void)[], alFallar: (error: unknown) => void): void => {
  for (const aviso of avisos) {
    try {
      aviso()
    } catch (error) {
      queueMicrotask(() => alFallar(error))
    }
  }
}
