import type { Defecto } from './defectos.ts'
import type { Corrida, Prueba } from './prueba.ts'

/** Lo que se vio de un defecto: `atrapado`, o por qué no. */
export type Juicio = 'atrapado' | Readonly<{ falta: string }>

/** Sin el defecto, la prueba corre y pasa: si no, que después falle no dice nada. */
export const sana = ({ codigo, bien, mal }: Corrida, { nombre }: Prueba): boolean =>
  codigo === 0 && mal.length === 0 && bien.includes(nombre)

/** Atrapado es que falle esa prueba, y no cualquiera. */
export const juzgar = ({ codigo, bien, mal }: Corrida, { nombre }: Prueba): Juicio => {
  if (codigo !== 0 && mal.includes(nombre)) return 'atrapado'
  if (codigo === 0 && bien.includes(nombre)) return { falta: 'la puerta sigue verde' }
  return { falta: `la prueba no dijo nada (salida ${codigo}; fallaron: ${mal.join(', ') || 'ninguna'})` }
}

/** `cuantos` seguidos desde el lugar `desde`, dando la vuelta. */
export const elegir = <T>(todos: readonly T[], { cuantos, desde }: Readonly<{ cuantos: number; desde: number }>): readonly T[] =>
  Array.from({ length: Math.min(cuantos, todos.length) }, (_, i) => todos[(desde + i) % todos.length] as T)

const DIA_MS = 24 * 60 * 60_000

/** El lugar que toca hoy: cada día sigue donde quedó el anterior. */
export const turnoDe = (ahora: number, cuantos: number): number => Math.floor(ahora / DIA_MS) * cuantos

/** Las pruebas de unos defectos, una vez cada una. */
export const puertasDe = (defectos: readonly Defecto[]): readonly Prueba[] => [
  ...new Map(defectos.map(({ puerta }) => [`${puerta.archivo} ${puerta.nombre}`, puerta])).values(),
]
