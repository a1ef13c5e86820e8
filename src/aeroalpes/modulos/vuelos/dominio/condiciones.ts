import type { Instante } from 'seedwork/dominio/instante.ts'
import { type Dinero, en_moneda } from './dinero.ts'
import type { Clase } from './objetos_valor.ts'
import { asientos_de, type Condiciones, type Precio, type Viajeros } from './precio.ts'
import type { Aerolinea } from './red/aerolineas.ts'

/** Centavos de dólar por asiento. */
const PENALIDAD: Readonly<Record<Clase, number>> = { ECONOMICA: 3_500, PREMIUM: 3_500, EJECUTIVA: 2_000, PRIMERA: 0 }
const MEJORA: Readonly<Record<Clase, number>> = { ECONOMICA: 0, PREMIUM: 20, EJECUTIVA: 40, PRIMERA: 60 }

/** Las condiciones de un viaje entero: de las aerolíneas que lo vuelan, las de la que menos devuelve. */
export const condiciones_de = (
  aerolineas: readonly Aerolinea[],
  { clase, viajeros, moneda }: Readonly<{ clase: Clase; viajeros: Viajeros; moneda: Precio['moneda'] }>,
): Condiciones => {
  const reembolso = Math.min(...aerolineas.map((aerolinea) => aerolinea.reembolso), 100)
  const reembolso_porcentaje = Math.min(100, reembolso + MEJORA[clase])
  const penalidad = reembolso_porcentaje === 0 ? 0 : en_moneda(PENALIDAD[clase] * asientos_de(viajeros), moneda)
  return { reembolso_porcentaje, penalidad, cambios: reembolso_porcentaje >= 50 }
}

/** Lo que vuelve y lo que se pierde al cancelar; los dos suman lo pagado. Nada vuelve después de la primera salida. */
export type Liquidacion = Readonly<{ reembolso: Dinero; penalidad: Dinero }>

/** Cuánto se devuelve de un viaje si se cancela en `ahora`. De lo que no se ha pagado no se devuelve ni se pierde nada. */
export const liquidar = (
  { precio, condiciones }: Readonly<{ precio: Precio; condiciones: Condiciones }>,
  { pagada, salida, ahora }: Readonly<{ pagada: boolean; salida: Instante; ahora: Instante }>,
): Liquidacion => {
  const { moneda, total } = precio
  const pagado = pagada ? total : 0
  const parte = Math.floor((pagado * condiciones.reembolso_porcentaje) / 100) - condiciones.penalidad
  const reembolso = ahora >= salida ? 0 : Math.max(0, parte)
  return { reembolso: { moneda, total: reembolso }, penalidad: { moneda, total: pagado - reembolso } }
}
