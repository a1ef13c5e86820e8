import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Prueba } from './prueba.ts'

export const CARPETA = join(import.meta.dirname, 'defectos')

/** Lo que sufriría quien usa el sistema con el defecto puesto. */
export const MALES = ['pierde', 'dobla', 'desordena', 'adelanta', 'engaña', 'expone', 'desborda'] as const
export type Mal = (typeof MALES)[number]

/** Un defecto para plantar: qué rompe, y la prueba más barata que lo ve (puede haber más). */
export type Defecto = Readonly<{ nombre: string; rompe: string; mal: Mal; puerta: Prueba }>

/** El parche que no rompe nada. */
export const INOFENSIVO = '000_inofensivo'

/**
 * Lo que un parche dice de sí en sus primeras líneas, que a `git apply` no le importan: qué rompe, `Mal`, el archivo de su `Puerta`, la
 * `Prueba` que tiene que fallar y, si no corre sin el servidor, `Necesita: postgres`. Lanza si falta algo.
 */
export const leerDefecto = (nombre: string, parche: string): Defecto => {
  const dice = (campo: string): string | undefined => new RegExp(`^# ${campo}: (.+)$`, 'm').exec(parche)?.[1]
  const rompe = /^# (.+)/.exec(parche)?.[1]
  const mal = MALES.find((uno) => uno === dice('Mal'))
  const [archivo, prueba] = [dice('Puerta'), dice('Prueba')]
  if (rompe === undefined || mal === undefined || archivo === undefined || prueba === undefined)
    throw new Error(`${nombre} no dice qué rompe, su Mal, su Puerta y su Prueba.`)
  return { nombre, rompe, mal, puerta: { archivo, nombre: prueba, ...(dice('Necesita') === 'postgres' && { postgres: true as const }) } }
}

/** Todos los de la carpeta, por su número. */
export const leerDefectos = (): readonly Defecto[] =>
  readdirSync(CARPETA)
    .map((archivo) => archivo.replace(/\.patch$/, ''))
    .filter((nombre) => nombre !== INOFENSIVO)
    .sort()
    .map((nombre) => leerDefecto(nombre, readFileSync(join(CARPETA, `${nombre}.patch`), 'utf8')))
