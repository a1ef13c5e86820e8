import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sumas } from 'aeroalpes-api/sistema.ts'
import { revisarArchivo } from 'seedwork/infraestructura/almacen/sqlite/revision.ts'
import { sumaDelLog } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import { leerServido, type Preguntas, preguntasDe } from './servido.ts'

const BASE = 'aeroalpes.db'
const WAL = `${BASE}-wal`
/** De cada tantos bits, uno cae en el WAL. */
const EN_EL_WAL = 5

/**
 * Qué pasó con un bit cambiado.
 * - `visto`: al leerlo, el producto lo dijo.
 * - `revisado`: se sirve lo mismo, y `npm run datos` lo dice.
 * - `escondido`: algo dejó de encontrarse, y sólo `npm run datos` lo dice.
 * - `igual`: nada de lo guardado cambió.
 * - `recortado`: faltan confirmaciones del final del WAL.
 * - `de_control`: cambió algo que no se sirve y nadie lo dijo.
 * - `callado`: se sirve otra cosa y nadie lo dijo.
 */
export type Vuelta = 'igual' | 'visto' | 'revisado' | 'escondido' | 'recortado' | 'de_control' | 'callado'

type Lectura = Readonly<{ servido: string; tablas: ReadonlyMap<string, string> }>

/** Un almacén intacto, con su WAL y sin él, y lo que dice. */
type Intacto = Readonly<{ conWal: string; llano: string; prueba: string; preguntas: Preguntas; leido: Lectura }>

/** Guarda en `donde` los archivos de un almacén cuyo proceso acaba de morir. */
const copiarAlmacen = (carpeta: string, donde: string): void => {
  rmSync(donde, { recursive: true, force: true })
  mkdirSync(donde, { recursive: true })
  for (const archivo of [BASE, WAL]) if (existsSync(join(carpeta, archivo))) copyFileSync(join(carpeta, archivo), join(donde, archivo))
}

type Encargo = Readonly<{
  carpeta: string
  donde: string
  cuantos: number
  azar: () => number
  /** Como si nadie las mirara. */
  sinSumas?: boolean
}>

/** Cambia, uno cada vez, `cuantos` bits del almacén de la carpeta, y cuenta qué pasó con cada uno. */
export const cambiarBits = async ({
  carpeta,
  donde,
  cuantos,
  azar,
  sinSumas = false,
}: Encargo): Promise<Readonly<Record<Vuelta, number>>> => {
  const intacto = await guardarIntacto(carpeta, donde, sinSumas)
  const cuenta = { visto: 0, revisado: 0, escondido: 0, igual: 0, recortado: 0, de_control: 0, callado: 0 }
  for (let vez = 0; vez < cuantos; vez++) cuenta[await cambiarUnBit(intacto, azar, vez)]++
  return cuenta
}

const guardarIntacto = async (carpeta: string, donde: string, sinSumas: boolean): Promise<Intacto> => {
  const [conWal, llano, prueba] = [join(donde, 'con_wal'), join(donde, 'llano'), join(donde, 'prueba')]
  copiarAlmacen(carpeta, conWal)
  if (sinSumas) conBase(conWal, quitarSumas)
  copiarAlmacen(conWal, llano)
  conBase(llano, (db) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'))
  copiarAlmacen(llano, prueba)
  const preguntas = preguntasDe(prueba)
  const servido = await leerServido(prueba, preguntas)
  return { conWal, llano, prueba, preguntas, leido: { servido, tablas: volcar(prueba) } }
}

/** Cambia un bit de una copia, la lee como la leería el producto y dice qué se vio. */
const cambiarUnBit = async (intacto: Intacto, azar: () => number, vez: number): Promise<Vuelta> => {
  const { conWal, llano, prueba } = intacto
  const enWal = vez % EN_EL_WAL === 0 && existsSync(join(conWal, WAL)) && readFileSync(join(conWal, WAL)).length > 0
  copiarAlmacen(enWal ? conWal : llano, prueba)
  const ruta = join(prueba, enWal ? WAL : BASE)
  const bytes = readFileSync(ruta)
  const donde = Math.floor(azar() * bytes.length)
  bytes[donde] = (bytes[donde] ?? 0) ^ (1 << Math.floor(azar() * 8))
  writeFileSync(ruta, bytes)
  return juzgar(intacto, enWal)
}

const juzgar = async ({ prueba, preguntas, leido }: Intacto, enWal: boolean): Promise<Vuelta> => {
  let servido: string
  try {
    servido = await leerServido(prueba, preguntas)
  } catch {
    return 'visto'
  }
  const lasMismas = servido === leido.servido
  if (revisarArchivo(prueba, [sumaDelLog, ...sumas]).length > 0) return lasMismas ? 'revisado' : 'escondido'
  const tablas = volcar(prueba)
  if (lasMismas && [...leido.tablas].every(([tabla, suma]) => tablas.get(tabla) === suma)) return 'igual'
  if (enWal) return 'recortado'
  return lasMismas ? 'de_control' : 'callado'
}

/** Lo que dicen las filas de cada tabla, resumido. */
const volcar = (carpeta: string): ReadonlyMap<string, string> =>
  conBase(carpeta, (db) => {
    const tablas = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
    return new Map(tablas.map(({ name }) => [name, resumir(db.prepare(`SELECT * FROM "${name}"`).iterate())]))
  })

const resumir = (filas: Iterable<unknown>): string => {
  const suma = createHash('sha256')
  for (const fila of filas) suma.update(JSON.stringify(fila))
  return suma.digest('hex')
}

const quitarSumas = (db: DatabaseSync): void => {
  const columnas = db
    .prepare("SELECT t.name AS tabla, c.name AS columna FROM sqlite_schema t, pragma_table_info(t.name) c WHERE c.name LIKE 'suma%'")
    .all() as { tabla: string; columna: string }[]
  for (const { tabla, columna } of columnas) db.exec(`UPDATE "${tabla}" SET "${columna}" = NULL`)
}

const conBase = <T>(carpeta: string, hacer: (db: DatabaseSync) => T): T => {
  const db = new DatabaseSync(join(carpeta, BASE))
  try {
    return hacer(db)
  } finally {
    db.close()
  }
}
