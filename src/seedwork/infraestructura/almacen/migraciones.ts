import { type ColumnDefinitionBuilder, type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import { noDisponible } from '../../dominio/errores.ts'
import { compiladores, type Dialecto } from './consultas.ts'

/** Los tipos de columna que cambian de nombre entre almacenes. */
export type TiposDeColumna = Readonly<{
  bytes: 'blob' | 'bytea'
  entero: 'integer' | 'bigint'
  /** Llave primaria que numera el almacén: crece siempre, y no repite el número de una fila borrada (fiabilidad P4). */
  numerada: (columna: ColumnDefinitionBuilder) => ColumnDefinitionBuilder
  /** Tabla guardada en el orden de su llave primaria, donde el almacén lo permite: una escritura por fila en vez de dos. */
  agrupada: RawBuilder<unknown>
}>

type Sentencias = readonly { compile(): CompiledQuery }[]

/** Un paso hacia adelante. Publicado, no cambia nunca; no hay paso hacia atrás. */
export type Migracion = Readonly<{ nombre: string; pasos: (db: Kysely<unknown>, tipos: TiposDeColumna) => Sentencias }>

/** Las migraciones de un módulo, en orden: el número de cada una es su lugar en la lista. */
export type Migraciones = Readonly<{ modulo: string; lista: readonly Migracion[] }>

const TIPOS: Record<Dialecto, TiposDeColumna> = {
  sqlite: { bytes: 'blob', entero: 'integer', numerada: (c) => c.primaryKey().autoIncrement(), agrupada: sql`without rowid` },
  postgres: { bytes: 'bytea', entero: 'bigint', numerada: (c) => c.primaryKey().generatedAlwaysAsIdentity(), agrupada: sql`` },
}

export const sentenciasDe = (migracion: Migracion, dialecto: Dialecto): readonly string[] =>
  migracion.pasos(compiladores[dialecto], TIPOS[dialecto]).map((paso) => paso.compile().sql)

/**
 * Qué falta aplicar en un módulo que ya tiene `aplicadas`, con el número de cada una.
 * Se niega si el almacén es de una versión posterior a este código: seguir podría dañarlo.
 */
export const pendientes = ({ modulo, lista }: Migraciones, aplicadas: number): readonly { numero: number; migracion: Migracion }[] => {
  if (aplicadas > lista.length)
    throw noDisponible('almacen_mas_nuevo', {
      es: `Los datos de «${modulo}» son de la versión ${aplicadas} y este programa sólo conoce hasta la ${lista.length}. Usa el programa que los escribió, u otra carpeta de datos.`,
      en: `The data of "${modulo}" is at version ${aplicadas} and this program only knows up to ${lista.length}. Use the program that wrote it, or another data folder.`,
    })
  return lista.slice(aplicadas).map((migracion, i) => ({ numero: aplicadas + i + 1, migracion }))
}
