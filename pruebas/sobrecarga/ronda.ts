// Lo que una sobrecarga deja ver, lo que se le pide y lo que varias dicen juntas.
import { ESCRITURAS_A_LA_VEZ } from 'aeroalpes-api/api/admision.ts'
import type { Visto } from '../puerta.ts'
import type { Respondido } from './generador_hijo.ts'

/** Lo que se le pide es tantas veces aquello a lo que da abasto, por tantas conexiones. */
export const VECES = 10
export const EN_TROPEL = 4_000
/**
 * Lo que se persigue, y por debajo de lo cual no pasa: de 30 segundos a otros, una máquina compartida cambia lo que da hasta en una décima, y
 * sin la pausa se cumple de 0,29 a 0,40.
 */
const RENDIMIENTO_META = 0.9
const RENDIMIENTO_MINIMO = 0.75
const NEGATIVA_MS = 10
const MEMORIA_MB = 512

/** Una sobrecarga, entre dos medidas de a cuánto da abasto: la máquina cambia. */
export type Ronda = Readonly<{
  respondido: Respondido
  prometidas: readonly string[]
  antes: number
  despues: number
  veces: number
  rendimiento: number
  p50: number
  p99: number
  uso: number
  rssMaxima: number
  enVueloMaximo: number
}>

/** Lo que no se cumplió, en una ronda, de lo que se ve desde fuera. */
const faltasDe = ({ respondido: { negadas, sinPlazo, otras }, veces, p99, rssMaxima, enVueloMaximo }: Ronda): readonly string[] => [
  ...(veces < VECES ? [`se le ofreció ${veces.toFixed(1)} veces lo que puede, y se quería ${VECES}`] : []),
  ...(negadas < EN_TROPEL - ESCRITURAS_A_LA_VEZ ? [`negó ${negadas} pedidos: menos que las conexiones que no caben`] : []),
  ...(sinPlazo > 0 ? [`${sinPlazo} negativas no dicen cuándo volver`] : []),
  ...Object.entries(otras).map(([cual, cuantas]) => `${cuantas} respuestas que no eran ni 202 ni 503: ${cual}`),
  ...(p99 >= NEGATIVA_MS ? [`negarse tardó ${p99.toFixed(1)} ms (p99), y se piden menos de ${NEGATIVA_MS}`] : []),
  ...(rssMaxima > MEMORIA_MB ? [`ocupó ${Math.round(rssMaxima)} MB, y se le permiten ${MEMORIA_MB}`] : []),
  ...(enVueloMaximo > ESCRITURAS_A_LA_VEZ ? [`atendió ${enVueloMaximo} a la vez, y caben ${ESCRITURAS_A_LA_VEZ}`] : []),
]

const detalleDe = ({ respondido, antes, despues, veces, rendimiento, p50, p99, uso }: Ronda): readonly string[] => [
  `se le ofreció ${veces.toFixed(1)} veces lo que puede (se quería ${VECES}), por ${EN_TROPEL} conexiones; a gusto dio ${Math.round(antes)} por segundo antes y ${Math.round(despues)} después`,
  `cumplido durante ella ÷ máximo: ${rendimiento.toFixed(2)}`,
  `negarse, del pedido leído a la respuesta: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (se pide menos de ${NEGATIVA_MS})`,
  `el servidor gastó ${uso.toFixed(2)} de un núcleo (si le faltó, otro usaba la máquina) y el generador ${respondido.uso.toFixed(2)}`,
]

const sumar = (numeros: readonly number[]): number => numeros.reduce((a, b) => a + b, 0)
const promedio = (numeros: readonly number[]): number => sumar(numeros) / numeros.length

/** Lo que las rondas dicen juntas: lo contado se suma, de lo demás se toma lo peor, y el rendimiento es el de todas. `rss`: MB al abrir. */
export const informar = (rondas: readonly Ronda[], rss: number): Pick<Visto, 'corridas' | 'cuentas' | 'faltas' | 'detalle'> => {
  const contar = (cual: 'ofrecidas' | 'sinConexion' | 'pedidas' | 'aceptadas' | 'negadas') =>
    sumar(rondas.map(({ respondido }) => respondido[cual]))
  const lomas = (cual: 'p99' | 'enVueloMaximo' | 'rssMaxima') => Math.max(...rondas.map((ronda) => ronda[cual]))
  const rendimiento = promedio(rondas.map((ronda) => ronda.rendimiento))
  const memoria = Math.round(lomas('rssMaxima'))
  return {
    corridas: contar('pedidas'),
    cuentas: {
      ofrecidas: contar('ofrecidas'),
      sin_conexion: contar('sinConexion'),
      aceptadas: contar('aceptadas'),
      negadas: contar('negadas'),
      sostenible: Math.round(promedio(rondas.map(({ antes, despues }) => (antes + despues) / 2))),
      rendimiento: rendimiento.toFixed(2),
      negativa_p99_ms: lomas('p99').toFixed(2),
      en_vuelo: lomas('enVueloMaximo'),
      memoria_mb: memoria,
    },
    faltas: [
      ...rondas.flatMap(faltasDe),
      ...(rendimiento < RENDIMIENTO_MINIMO ? [`cumplió ${rendimiento.toFixed(2)} de su máximo, y se pide ${RENDIMIENTO_MINIMO}`] : []),
    ],
    detalle: [
      ...rondas.flatMap(detalleDe),
      `cumplido durante las sobrecargas ÷ máximo: ${rendimiento.toFixed(2)} (se persigue ${RENDIMIENTO_META})`,
      `memoria: ${Math.round(rss)} MB al abrir, ${memoria} MB la mayor (se permiten ${MEMORIA_MB})`,
    ],
  }
}
