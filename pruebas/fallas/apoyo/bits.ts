import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const BASE = 'aeroalpes.db'
const ARCHIVOS = [BASE, `${BASE}-wal`] as const

/** Qué pasó con un bit cambiado: se leyó igual, SQLite lo dijo, faltan confirmaciones del final, o se leyó otra cosa sin que nada lo dijera. */
export type Vuelta = 'igual' | 'visto' | 'recortado' | 'callado'

/** Guarda en `copia` los archivos de un almacén cuyo proceso acaba de morir. */
export const copiarAlmacen = (carpeta: string, copia: string): void => {
  mkdirSync(copia, { recursive: true })
  for (const archivo of ARCHIVOS) if (existsSync(join(carpeta, archivo))) copyFileSync(join(carpeta, archivo), join(copia, archivo))
}

/** Cambia un bit del almacén copiado, lo lee entero en otra copia y dice qué se vio. */
export const cambiarUnBit = (copia: string, prueba: string, azar: () => number, intacto: string): Vuelta => {
  rmSync(prueba, { recursive: true, force: true })
  copiarAlmacen(copia, prueba)
  const hay = ARCHIVOS.map((archivo) => join(prueba, archivo)).filter((ruta) => existsSync(ruta) && readFileSync(ruta).length > 0)
  const ruta = hay[Math.floor(azar() * hay.length)] as string
  const bytes = readFileSync(ruta)
  const donde = Math.floor(azar() * bytes.length)
  bytes[donde] = (bytes[donde] ?? 0) ^ (1 << Math.floor(azar() * 8))
  writeFileSync(ruta, bytes)
  const leido = leerEntero(prueba)
  if (leido === undefined) return 'visto'
  if (leido === intacto) return 'igual'
  return ruta.endsWith('-wal') ? 'recortado' : 'callado'
}

/** Lo que dicen todas sus filas, resumido. Nada si SQLite no lo puede leer o dice que está dañado. */
export const leerEntero = (carpeta: string): string | undefined => {
  const db = new DatabaseSync(join(carpeta, BASE))
  try {
    if (Object.values(db.prepare('PRAGMA integrity_check').get() ?? {})[0] !== 'ok') return undefined
    const tablas = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all() as { name: string }[]
    const suma = createHash('sha256')
    for (const { name } of tablas) for (const fila of db.prepare(`SELECT * FROM "${name}"`).iterate()) suma.update(JSON.stringify(fila))
    return suma.digest('hex')
  } catch {
    return undefined
  } finally {
    db.close()
  }
}
