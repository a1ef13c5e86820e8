import { RECHAZOS } from './motivos.ts'
import { azar_de, escoger } from './red/azar.ts'

/** Lo que una aerolínea responde a una reserva, y cuánto tarda. `motivo`, en español, sólo si la rechaza. */
export type Respuesta = Readonly<{ tarda_ms: number; acepta: true } | { tarda_ms: number; acepta: false; motivo: string }>

/** Cómo se porta la aerolínea: como en la vida, o siempre igual para quien enseña o prueba. */
export const MODOS = ['simulada', 'acepta', 'rechaza'] as const
export type ModoDeAerolinea = (typeof MODOS)[number]

const SEMILLA = 1_810
const RECHAZA = 0.08
const MINIMO_MS = 1_000
const MAXIMO_MS = 3_000

/** La respuesta depende sólo de la reserva: preguntar dos veces es oír lo mismo. La simulada rechaza cerca del 8 %. */
export const respuesta_de_la_aerolinea = (id_reserva: string, modo: ModoDeAerolinea = 'simulada'): Respuesta => {
  const tarda_ms = Math.round(MINIMO_MS + azar_de(SEMILLA, 'tarda', id_reserva) * (MAXIMO_MS - MINIMO_MS))
  const acepta = modo === 'simulada' ? azar_de(SEMILLA, 'acepta', id_reserva) >= RECHAZA : modo === 'acepta'
  if (acepta) return { tarda_ms, acepta: true }
  return { tarda_ms, acepta: false, motivo: escoger(RECHAZOS, azar_de(SEMILLA, 'motivo', id_reserva)).es }
}
