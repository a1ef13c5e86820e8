import { join } from 'node:path'
import { ARCHIVO } from './almacen.ts'
import { abrirLectora, type Conexion } from './conexion.ts'

type Revisable = Readonly<{ tabla: string; exigir: (fila: never) => unknown }>

/** Cuántos daños de los que SQLite encuentra por sí mismo se cuentan. */
const DE_SQLITE = 20

/**
 * Lee entero el archivo de la carpeta y dice qué no es lo que se escribió, una frase por daño. Encuentra también lo que nadie lee: un
 * índice al que le falta una fila, o una fila a la que ya no se llega por su llave. Escribe mientras tanto quien quiera; el WAL no se
 * recorta hasta que termina.
 */
export const revisarArchivo = (carpeta: string, sumas: readonly Revisable[]): readonly string[] => {
  try {
    const conexion = abrirLectora(join(carpeta, ARCHIVO))
    try {
      return [...revisarPaginas(conexion), ...sumas.flatMap((suma) => revisarTabla(conexion, suma))]
    } finally {
      conexion.cerrar()
    }
  } catch (error) {
    return [`SQLite no puede leerlo: ${error instanceof Error ? error.message : error}`]
  }
}

const revisarPaginas = ({ db }: Conexion): readonly string[] =>
  db
    .prepare(`PRAGMA integrity_check(${DE_SQLITE})`)
    .all()
    .map((fila) => String(Object.values(fila)[0]))
    .filter((dicho) => dicho !== 'ok')

const revisarTabla = ({ db }: Conexion, { tabla, exigir }: Revisable): readonly string[] => {
  // Hacia un Pulsar no hay log.
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(tabla) === undefined) return []
  let danadas = 0
  for (const fila of db.prepare(`SELECT * FROM "${tabla}"`).iterate()) if (!cuadra(exigir, fila as never)) danadas++
  if (danadas === 0) return []
  return [danadas === 1 ? `${tabla}: 1 fila no es la que se escribió` : `${tabla}: ${danadas} filas no son las que se escribieron`]
}

const cuadra = (exigir: Revisable['exigir'], fila: never): boolean => {
  try {
    exigir(fila)
    return true
  } catch {
    return false
  }
}
