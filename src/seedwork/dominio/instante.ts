/** Un punto del tiempo: milisegundos desde 1970-01-01T00:00:00Z. Nunca una hora local (B03). */
export type Instante = number

const PRIMERO = Date.parse('0000-01-01T00:00:00Z')
const ULTIMO = Date.parse('9999-12-31T23:59:59.999Z')

/** Si el número es un instante que se puede escribir: de los años 0 a 9999, como en RFC 3339. `NaN` no lo es. */
export const esInstante = (numero: number): numero is Instante => numero >= PRIMERO && numero <= ULTIMO

/** `2022-11-22T13:10:00Z`: la forma del tutorial, en UTC y sin fracciones. */
export const aTexto = (instante: Instante): string => `${new Date(instante).toISOString().slice(0, 19)}Z`
