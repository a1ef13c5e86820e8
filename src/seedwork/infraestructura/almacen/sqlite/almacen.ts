import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Entorno } from '../../puertos.ts'
import { type Migraciones, pendientes, sentenciasDe } from '../migraciones.ts'
import type { Almacen } from '../puerto.ts'
import { anotarMigracion, contarMigraciones, crearTablas, guardarValor, leerValor } from '../tablas.ts'
import { abrirEscritora, abrirLectora, type Conexion, comoLector } from './conexion.ts'
import { GrupoDeCommit } from './grupo.ts'

export const ARCHIVO = 'aeroalpes.db'

export type DatosDelAlmacen = Readonly<{
  carpeta: string
  migraciones: readonly Migraciones[]
  entorno: Pick<Entorno, 'reloj' | 'planificador'>
  /** Recibe lo que lanza un aviso de `alConfirmar`. Sin él, es un error no atrapado: se ve y detiene el proceso. */
  alFallar?: (error: unknown) => void
}>

/** Abre (o crea) el almacén de la carpeta y lo lleva a la última versión. Rechaza si los datos son de una versión posterior. */
export const abrirAlmacenSqlite = async ({ carpeta, migraciones, entorno, alFallar = lanzar }: DatosDelAlmacen): Promise<Almacen> => {
  mkdirSync(carpeta, { recursive: true })
  const archivo = join(carpeta, ARCHIVO)
  const escritora = abrirEscritora(archivo)
  const epoca = alDia(escritora, migraciones, entorno.reloj.ahora())
  const grupo = new GrupoDeCommit({ conexion: escritora, reabrir: () => abrirEscritora(archivo), entorno, alFallar })
  const lectora = abrirLectora(archivo)
  return {
    unaTrasOtra: true,
    epoca,
    lector: comoLector(lectora),
    ejecutar: grupo.ejecutar.bind(grupo),
    comprobar: () =>
      grupo.ejecutar(async (tx) => void (await tx.ejecutar(guardarValor, { llave: 'latido', valor: String(entorno.reloj.ahora()) }))),
    cerrar: async () => {
      await grupo.terminar()
      lectora.cerrar()
      grupo.cerrar()
    },
  }
}

const lanzar = (error: unknown): never => {
  throw error
}

/** Lleva la base a la última versión y da su época. Si no puede, la cierra: abierta, una transacción a medias la dejaría bloqueada. */
const alDia = (conexion: Conexion, migraciones: readonly Migraciones[], ahora: number): string => {
  try {
    for (const sentencia of crearTablas('INTEGER')) conexion.db.exec(sentencia)
    migrar(conexion, migraciones, ahora)
    return conexion.una(leerValor, { llave: 'epoca' })?.valor ?? crearEpoca(conexion)
  } catch (error) {
    conexion.cerrar()
    throw error
  }
}

/**
 * Mira qué falta en todos los módulos antes de tocar uno. Cada migración se aplica con su anotación en una transacción: una caída a
 * mitad no deja una a medias.
 */
const migrar = (conexion: Conexion, migraciones: readonly Migraciones[], ahora: number): void => {
  const faltan = migraciones.flatMap((deModulo) => {
    const aplicadas = conexion.una(contarMigraciones, { modulo: deModulo.modulo })?.aplicadas ?? 0
    return pendientes(deModulo, aplicadas).map((pendiente) => ({ modulo: deModulo.modulo, ...pendiente }))
  })
  for (const { modulo, numero, migracion } of faltan) {
    conexion.orden('BEGIN IMMEDIATE')
    for (const sentencia of sentenciasDe(migracion, 'sqlite')) conexion.db.exec(sentencia)
    conexion.ejecutar(anotarMigracion, { modulo, numero, nombre: migracion.nombre, instante: ahora })
    conexion.orden('COMMIT')
  }
}

const crearEpoca = (conexion: Conexion): string => {
  const epoca = randomUUID().slice(0, 8)
  conexion.ejecutar(guardarValor, { llave: 'epoca', valor: epoca })
  return epoca
}
