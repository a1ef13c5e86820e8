import pg from 'pg'
import type { Entorno } from '../../puertos.ts'
import { almacenCerrado } from '../errores.ts'
import type { Migraciones } from '../migraciones.ts'
import type { Almacen, Lector } from '../puerto.ts'
import { guardarValor } from '../tablas.ts'
import { ConexionPostgres, configuracion } from './conexion.ts'
import { errorDeAlmacen, esConexionPerdida, seRepite } from './errores.ts'
import { alDia } from './migrar.ts'
import { UnidadesPostgres } from './unidades.ts'

/** Conexiones de este proceso; las de las lecturas salen de aquí aunque todas las unidades estén ocupadas. */
const CONEXIONES = 20
const DE_LECTURA = 4

export type DatosDePostgres = Readonly<{
  /** `postgres://usuario:clave@servidor:puerto/base` */
  direccion: string
  migraciones: readonly Migraciones[]
  entorno: Pick<Entorno, 'reloj' | 'planificador' | 'azar'>
  /** Recibe lo que lanza un aviso de `alConfirmar`. Sin él, es un error no atrapado: se ve y detiene el proceso. */
  alFallar?: (error: unknown) => void
  /** Con qué nombre se ve este proceso en `pg_stat_activity`. */
  nombre?: string
  conexiones?: number
}>

/** Abre la base y la lleva a la última versión. Rechaza si no está, o si sus datos son de una versión posterior. */
export const abrirAlmacenPostgres = async (datos: DatosDePostgres): Promise<Almacen> => {
  const { direccion, migraciones, entorno, alFallar = lanzar, nombre = 'aeroalpes', conexiones = CONEXIONES } = datos
  const pool = new pg.Pool(configuracion(direccion, { maximo: conexiones, nombre }))
  // Una conexión que se corta mientras nadie la usa no es de nadie: quien la necesite abrirá otra.
  pool.on('error', () => {})
  pool.on('connect', (cliente) => cliente.on('error', () => {}))
  const epoca = await alDia(pool, migraciones, entorno.reloj.ahora()).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })
  const unidades = new UnidadesPostgres({ pool, maximo: Math.max(1, conexiones - DE_LECTURA), entorno, alFallar })
  const lecturas = new Lecturas(pool)
  let cierre: Promise<void> | undefined
  const cerrar = async (): Promise<void> => {
    await unidades.terminar()
    await lecturas.terminar()
    await pool.end()
  }
  return {
    unaTrasOtra: false,
    epoca,
    lector: lecturas,
    ejecutar: unidades.ejecutar.bind(unidades),
    comprobar: () =>
      unidades.ejecutar(async (tx) => void (await tx.ejecutar(guardarValor, { llave: 'latido', valor: String(entorno.reloj.ahora()) }))),
    cerrar: () => {
      cierre ??= cerrar()
      return cierre
    },
  }
}

const lanzar = (error: unknown): never => {
  throw error
}

/** Lo que se lee fuera de toda unidad: cada lectura en una conexión cualquiera, y otra vez si la que le tocó se había cortado. */
class Lecturas implements Lector {
  readonly #pool: pg.Pool
  #enCurso = 0
  #cerrada = false
  #cierre: (() => void) | undefined

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  todas: Lector['todas'] = (consulta, parametros) => this.#leer((conexion) => conexion.todas(consulta, parametros))
  una: Lector['una'] = (consulta, parametros) => this.#leer((conexion) => conexion.una(consulta, parametros))

  /** Espera las que están en curso, también las que pidió quien acaba de recibir la respuesta de su unidad. */
  async terminar(): Promise<void> {
    await new Promise<void>((resolver) => setImmediate(resolver))
    if (this.#enCurso > 0)
      await new Promise<void>((resolver) => {
        this.#cierre = resolver
      })
    this.#cerrada = true
  }

  async #leer<T>(leer: (conexion: ConexionPostgres) => Promise<T>): Promise<T> {
    if (this.#cerrada) throw almacenCerrado()
    this.#enCurso += 1
    try {
      return await this.#unaVez(leer)
        .catch((error: unknown) => {
          if (seRepite(error)) return this.#unaVez(leer)
          throw error
        })
        .catch((error: unknown) => {
          throw errorDeAlmacen(error)
        })
    } finally {
      this.#enCurso -= 1
      if (this.#enCurso === 0) this.#cierre?.()
    }
  }

  async #unaVez<T>(leer: (conexion: ConexionPostgres) => Promise<T>): Promise<T> {
    const cliente = await this.#pool.connect()
    let rota = false
    try {
      return await leer(new ConexionPostgres(cliente))
    } catch (error) {
      rota = esConexionPerdida(error)
      throw error
    } finally {
      cliente.release(rota)
    }
  }
}
