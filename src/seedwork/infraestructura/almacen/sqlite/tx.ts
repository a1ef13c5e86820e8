import type { Consulta } from '../consultas.ts'
import type { Tx } from '../puerto.ts'
import type { Conexion } from './conexion.ts'
import { txOcupada, txTerminada } from './errores.ts'

/** La tx de una unidad, o de un savepoint dentro de ella. Guarda si todavía se puede usar y los avisos que esperan el commit. */
export class TxSqlite implements Tx {
  readonly #conexion: Conexion
  readonly #nivel: number
  readonly avisos: (() => void)[] = []
  #interior: TxSqlite | undefined
  #estado: 'abierta' | 'ocupada' | 'terminada' = 'abierta'

  constructor(conexion: Conexion, nivel = 0) {
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

  async savepoint<T>(parte: (tx: Tx) => Promise<T>): Promise<T> {
    this.exigirAbierta()
    // Cada nivel lleva su nombre: si `parte` falla con otro savepoint abierto dentro, deshacer va al suyo y no al de más adentro.
    const savepoint = `s${this.#nivel}`
    this.#conexion.orden(`SAVEPOINT ${savepoint}`)
    const tx = new TxSqlite(this.#conexion, this.#nivel + 1)
    this.#estado = 'ocupada'
    this.#interior = tx
    try {
      const resultado = await parte(tx)
      tx.exigirAbierta()
      this.#conexion.orden(`RELEASE ${savepoint}`)
      for (const aviso of tx.avisos) this.avisos.push(aviso)
      return resultado
    } catch (error) {
      this.#deshacer(savepoint)
      throw error
    } finally {
      tx.terminar()
      this.#interior = undefined
      if (this.#estado === 'ocupada') this.#estado = 'abierta'
    }
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

  /**
   * Lanza si no se puede usar: terminó, o tiene abierto un savepoint. Tras un disco lleno SQLite deshace la transacción entera, y seguir
   * escribiendo sería fuera de ella.
   */
  exigirAbierta(): void {
    if (this.#estado === 'terminada' || !this.#conexion.db.isTransaction) throw txTerminada()
    if (this.#estado === 'ocupada') throw txOcupada()
  }

  /** Si la unidad ya fue abandonada, sus savepoints se fueron con ella; y un disco lleno pudo llevarse la transacción entera. */
  #deshacer(savepoint: string): void {
    if (this.#estado === 'terminada' || !this.#conexion.db.isTransaction) return
    this.#conexion.orden(`ROLLBACK TO ${savepoint}`)
    this.#conexion.orden(`RELEASE ${savepoint}`)
  }
}
