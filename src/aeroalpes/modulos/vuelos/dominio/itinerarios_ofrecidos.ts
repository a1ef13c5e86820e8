import type { Precio } from './precio.ts'
import type { Opcion } from './red/conexiones.ts'

export type Orden = 'mejor' | 'barato' | 'rapido'

/** Una forma de volar un odo, con su precio y los asientos que le quedan. */
export type OdoOfrecido = Readonly<{ opcion: Opcion; precio: Precio; asientos: number; duracion: number }>

/** Una forma de hacer el viaje entero. `duracion` son ms en viaje, sumados los odos; `escalas`, las veces que se cambia de avión. */
export type ItinerarioOfrecido = Readonly<{
  odos: readonly OdoOfrecido[]
  total: number
  duracion: number
  escalas: number
  salida: number
}>

/** Junta odos en un itinerario. No comprueba nada. */
export const juntar = (odos: readonly OdoOfrecido[]): ItinerarioOfrecido => ({
  odos,
  total: odos.reduce((suma, { precio }) => suma + precio.total, 0),
  duracion: odos.reduce((suma, { duracion }) => suma + duracion, 0),
  escalas: odos.reduce((suma, { opcion }) => suma + opcion.length - 1, 0),
  salida: odos[0]?.opcion[0].salida ?? 0,
})

type Comparable = Pick<ItinerarioOfrecido, 'total' | 'duracion' | 'escalas'>

/** Que `uno` le gana a `otro`: cuesta menos, tarda menos y no tiene más escalas. A igual precio o duración, el viajero escoge la hora. */
export const le_gana = (uno: Comparable, otro: Comparable): boolean =>
  uno.total < otro.total && uno.duracion < otro.duracion && uno.escalas <= otro.escalas

/** Los que ningún otro le gana en precio, duración y escalas. No cambia el orden de los que quedan. */
export const filtrar_mejores_itinerarios = <T extends Comparable>(itinerarios: readonly T[]): readonly T[] => {
  // A quien pierde también le gana alguno de los que quedan: basta comparar con ellos, que son pocos, de barato a caro.
  const quedan: T[] = []
  for (const uno of itinerarios.toSorted((a, b) => a.total - b.total)) if (!quedan.some((otro) => le_gana(otro, uno))) quedan.push(uno)
  const mejores = new Set(quedan)
  return itinerarios.filter((uno) => mejores.has(uno))
}

/** Cuánto pesa una escala, en veces el viaje más rápido. */
const PESO_ESCALA = 0.15

const puntajeDe = (itinerarios: readonly Comparable[]): ((uno: Comparable) => number) => {
  const barato = Math.max(1, Math.min(...itinerarios.map(({ total }) => total)))
  const rapido = Math.max(1, Math.min(...itinerarios.map(({ duracion }) => duracion)))
  return ({ total, duracion, escalas }) => total / barato + duracion / rapido + escalas * PESO_ESCALA
}

/** `mejor` equilibra precio, duración y escalas. Los empates, por la hora de salida. */
export const ordenar = <T extends Comparable & { salida: number }>(itinerarios: readonly T[], orden: Orden): readonly T[] => {
  const puntaje = puntajeDe(itinerarios)
  const porOrden: Readonly<Record<Orden, (uno: T) => number>> = {
    mejor: puntaje,
    barato: (uno) => uno.total,
    rapido: (uno) => uno.duracion,
  }
  const valor = porOrden[orden]
  return itinerarios
    .map((uno) => ({ uno, v: valor(uno) }))
    .sort((a, b) => a.v - b.v || a.uno.total - b.uno.total || a.uno.salida - b.uno.salida)
    .map(({ uno }) => uno)
}
