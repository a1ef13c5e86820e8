import { randomUUID } from 'node:crypto'
import type { ClientBase, Pool } from 'pg'
import { type Migraciones, pendientes, sentenciasDe } from '../migraciones.ts'
import { anotarMigracion, contarMigraciones, crearTablas, guardarValor, leerValor } from '../tablas.ts'
import { ConexionPostgres } from './conexion.ts'

/** Mientras uno migra, los demás que abren la misma base esperan. */
const CANDADO = `hashtext('aeroalpes:migraciones')`

/**
 * Lleva la base a la última versión y da su época. Entre procesos, de uno en uno: un candado de sesión, que se va con la conexión si el
 * proceso muere.
 */
export const alDia = async (pool: Pool, migraciones: readonly Migraciones[], ahora: number): Promise<string> => {
  const cliente = await pool.connect()
  try {
    // Crear un índice sobre una tabla grande tarda lo que tarde.
    await cliente.query('SET statement_timeout = 0; SET lock_timeout = 0')
    await cliente.query(`SELECT pg_advisory_lock(${CANDADO})`)
    const conexion = new ConexionPostgres(cliente)
    for (const sentencia of crearTablas('BIGINT')) await cliente.query(sentencia)
    await migrar(cliente, conexion, { migraciones, ahora })
    return await epocaDe(cliente, conexion)
  } finally {
    // Cerrarla suelta el candado y olvida los SET.
    cliente.release(true)
  }
}

type Faltante = Readonly<{ migraciones: readonly Migraciones[]; ahora: number }>

/** Mira qué falta en todos los módulos antes de tocar uno. Cada migración se aplica con su anotación en una transacción. */
const migrar = async (cliente: ClientBase, conexion: ConexionPostgres, { migraciones, ahora }: Faltante): Promise<void> => {
  const faltan = []
  for (const deModulo of migraciones) {
    const aplicadas = (await conexion.una(contarMigraciones, { modulo: deModulo.modulo }))?.aplicadas ?? 0
    faltan.push(...pendientes(deModulo, aplicadas).map((pendiente) => ({ modulo: deModulo.modulo, ...pendiente })))
  }
  for (const { modulo, numero, migracion } of faltan) {
    await cliente.query('BEGIN')
    for (const sentencia of sentenciasDe(migracion, 'postgres')) await cliente.query(sentencia)
    await conexion.ejecutar(anotarMigracion, { modulo, numero, nombre: migracion.nombre, instante: ahora })
    await cliente.query('COMMIT')
  }
}

/**
 * La época va con la base en que nació: copiada a otra, o traída de una copia a otro servidor, es otra historia y toma otra. Restaurar
 * encima de la misma base no se nota desde aquí: docs/operacion.md dice cómo.
 */
const epocaDe = async (cliente: ClientBase, conexion: ConexionPostgres): Promise<string> => {
  const donde = (await cliente.query<{ donde: string }>(DONDE)).rows[0]?.donde ?? ''
  const epoca = (await conexion.una(leerValor, { llave: 'epoca' }))?.valor
  const suya = (await conexion.una(leerValor, { llave: 'epoca_nacida_en' }))?.valor
  if (epoca !== undefined && suya === donde) return epoca
  const nueva = randomUUID().slice(0, 8)
  await conexion.ejecutar(guardarValor, { llave: 'epoca_nacida_en', valor: donde })
  await conexion.ejecutar(guardarValor, { llave: 'epoca', valor: nueva })
  return nueva
}

/** El grupo de servidores que comparten historia, y la base en él. */
const DONDE = `SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || oid AS donde FROM pg_database WHERE datname = current_database()`
