import { isDeepStrictEqual } from 'node:util'

/** Lo que una entidad tiene siempre: un identificador que nadie cambia y una versión que crece de uno en uno con cada decisión. */
export type Entidad = Readonly<{ id: string; version: number }>

/** Lo que una decisión del dominio devuelve: el estado que sigue y lo que ocurrió. Nada se ha escrito todavía. */
export type Decision<E, V> = Readonly<{ estado: E; eventos: readonly V[] }>

/** Dos entidades son la misma si llevan el mismo identificador, cambie lo que cambie lo demás (B14). */
export const mismaEntidad = (a: Entidad, b: Entidad): boolean => a.id === b.id

/** Dos objetos valor son iguales si lo son todos sus campos (B04). */
export const mismoValor = <T>(a: T, b: T): boolean => isDeepStrictEqual(a, b)
