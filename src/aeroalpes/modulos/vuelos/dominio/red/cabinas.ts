import { texto_de_dia } from '../horas.ts'
import type { Clase } from '../objetos_valor.ts'
import { azar_de } from './azar.ts'
import type { VueloProgramado } from './horarios.ts'

export const CLASES: readonly Clase[] = ['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA']

/** Una cabina de un vuelo de un día: aquí se cuentan los asientos. `AN-BOG-MDE-0/2026-12-10/ECONOMICA` */
export const llave_de_cabina = ({ aerolinea, origen, destino, turno, dia }: VueloProgramado, clase: Clase): string =>
  `${aerolinea.codigo}-${origen.codigo}-${destino.codigo}-${turno}/${texto_de_dia(dia)}/${clase}`

/** Los asientos de cada cabina, según lo largo del vuelo: los cortos no tienen todas. */
const asientosDelAvion = (km: number): Readonly<Record<Clase, number>> => {
  if (km < 900) return { ECONOMICA: 132, PREMIUM: 0, EJECUTIVA: 0, PRIMERA: 0 }
  if (km < 4_500) return { ECONOMICA: 150, PREMIUM: 18, EJECUTIVA: 12, PRIMERA: 0 }
  return { ECONOMICA: 214, PREMIUM: 28, EJECUTIVA: 30, PRIMERA: 8 }
}

/**
 * Cuántos asientos de la cabina puede vender AeroAlpes: los del avión menos los que la aerolínea vende por su cuenta. Es fijo para cada
 * vuelo; algunos salen casi llenos.
 */
export const cupo_de = (semilla: number, vuelo: VueloProgramado, clase: Clase): number => {
  const asientos = asientosDelAvion(vuelo.km)[clase]
  const ajenos = azar_de(semilla, 'cupo', llave_de_cabina(vuelo, clase)) ** 0.35
  return Math.ceil(asientos * (1 - ajenos))
}
