/** Si un candidato sirve. Se combinan como el `&`, el `|` y el `-` del patrón especificación del tutorial. */
export type Especificacion<T> = (candidato: T) => boolean

/** Se cumplen todas (`&`). Sin ninguna, cualquiera sirve. */
export const y =
  <T>(...partes: readonly Especificacion<T>[]): Especificacion<T> =>
  (candidato) =>
    partes.every((parte) => parte(candidato))

/** Se cumple alguna (`|`). Sin ninguna, nadie sirve. */
export const o =
  <T>(...partes: readonly Especificacion<T>[]): Especificacion<T> =>
  (candidato) =>
    partes.some((parte) => parte(candidato))

/** Se cumple lo contrario (`-`). */
export const no =
  <T>(parte: Especificacion<T>): Especificacion<T> =>
  (candidato) =>
    !parte(candidato)
