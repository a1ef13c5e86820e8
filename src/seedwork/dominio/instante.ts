/** Un punto del tiempo: milisegundos desde 1970-01-01T00:00:00Z. Nunca una hora local (B03). */
export type Instante = number

/** `2022-11-22T13:10:00Z`: la forma del tutorial, en UTC y sin fracciones. */
export const aTexto = (instante: Instante): string => `${new Date(instante).toISOString().slice(0, 19)}Z`
