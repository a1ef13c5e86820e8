import type { Instante } from 'seedwork/dominio/instante.ts'
import { compararPosiciones } from 'seedwork/infraestructura/broker/posiciones.ts'
import type { Inicio } from 'seedwork/infraestructura/broker/puerto.ts'

/** Hasta dónde se leyó un tópico: una posición o, antes del primer mensaje, `@` y el instante desde el que se lee. */
export type Marca = string
/** Una marca por tópico, siempre en el mismo orden. */
export type Marcas = readonly Marca[]

export const marcaDeInstante = (instante: Instante): Marca => `@${instante}`

const INSTANTE = /^@(\d{1,15})$/

const instanteDe = (marca: Marca): Instante | undefined => {
  const [, ms] = INSTANTE.exec(marca) ?? []
  return ms === undefined ? undefined : Number(ms)
}

/** Si un mensaje es posterior a la marca. */
export const sigueA = (marca: Marca, mensaje: Readonly<{ posicion: string; instante: Instante }>): boolean => {
  const desde = instanteDe(marca)
  return desde === undefined ? !alcanza(marca, mensaje.posicion) : mensaje.instante >= desde
}

/** Las marcas de una misma historia se comparan entre sí: las de una época, y las que son instantes. */
export const historiaDe = (marca: Marca): string => (instanteDe(marca) === undefined ? (marca.split('.', 1)[0] ?? '') : '@')

/** Por dónde se sigue leyendo. */
export const inicioDe = (marca: Marca): Inicio => {
  const instante = instanteDe(marca)
  return instante === undefined ? { posicion: marca } : { instante }
}

/** Si quien llegó a `marca` ya pasó de `otra`. Sin poder compararlas (un instante y una posición, dos historias) no se sabe: `false`. */
export const alcanza = (marca: Marca, otra: Marca): boolean => {
  const [a, b] = [instanteDe(marca), instanteDe(otra)]
  if (a !== undefined && b !== undefined) return a >= b
  if (a !== undefined || b !== undefined) return false
  return (compararPosiciones(marca, otra) ?? -1) >= 0
}

const LARGO_MAXIMO = 1_024

/** El testigo opaco con que se sigue una lectura. */
export const testigoDe = (marcas: Marcas): string => Buffer.from(JSON.stringify(marcas)).toString('base64url')

/** Las marcas de un testigo, o `undefined` si no es uno nuestro o un instante suyo es anterior a `masVieja`. */
export const leerTestigo = (testigo: string, { cuantas, masVieja }: { cuantas: number; masVieja: Instante }): Marcas | undefined => {
  if (testigo.length > LARGO_MAXIMO) return undefined
  const marcas = interpretar(testigo)
  const validas = Array.isArray(marcas) && marcas.length === cuantas && marcas.every((marca) => typeof marca === 'string' && marca !== '')
  if (!validas) return undefined
  return marcas.some((marca) => (instanteDe(marca) ?? masVieja) < masVieja) ? undefined : marcas
}

const interpretar = (testigo: string): unknown => {
  try {
    return JSON.parse(Buffer.from(testigo, 'base64url').toString())
  } catch {
    return undefined
  }
}
