import type { Instante } from 'seedwork/dominio/instante.ts'
import type { Lugar } from '../aeropuertos.ts'
import { type Dia, dia_de_la_semana, MINUTO_MS } from '../horas.ts'
import { type Aerolinea, CENTROS } from './aerolineas.ts'
import { azar_de } from './azar.ts'
import { kilometros, type Red, vuela_entre } from './rutas.ts'

/** Lo que nombra un vuelo de la red: con esto se vuelve a encontrar. `dia` es el de salida, en hora del origen; `turno`, cuál de ese día. */
export type RefVuelo = Readonly<{ aerolinea: string; origen: string; destino: string; turno: number; dia: Dia }>

/** Un vuelo de un día. `numero` es como se anuncia: `AN 123`. */
export type VueloProgramado = Readonly<{
  aerolinea: Aerolinea
  numero: string
  origen: Lugar
  destino: Lugar
  turno: number
  dia: Dia
  salida: Instante
  llegada: Instante
  km: number
}>

export type Tramo = Readonly<{ aerolinea: Aerolinea; origen: Lugar; destino: Lugar }>

const PRIMERA_SALIDA = 5 * 60 + 30
const VENTANA = 17 * 60
const CRUCERO_KM_H = 820
const cinco = (minutos: number): number => Math.round(minutos / 5) * 5

/** Minutos de puerta a puerta: el rodaje y el crucero. */
export const duracion_de = (km: number): number => cinco(Math.max(40, 30 + (km / CRUCERO_KM_H) * 60))

/** Cuántos turnos tiene la ruta en un día en que todos salen. */
const turnosDe = ({ origen, destino }: Tramo, km: number): number => {
  const entreCentros = CENTROS.has(origen.codigo) && CENTROS.has(destino.codigo)
  if (entreCentros) return km < 1_500 ? 5 : km < 5_000 ? 3 : 2
  return origen.internacional && destino.internacional && km < 1_500 ? 3 : 1
}

const opera = (red: Red, { aerolinea, origen, destino }: Tramo, turno: number, dia: Dia): boolean => {
  const suerte = azar_de(red.semilla, 'opera', aerolinea.codigo, origen.codigo, destino.codigo, turno, dia_de_la_semana(dia))
  return suerte < (turno === 0 ? 0.85 : 0.7)
}

const programar = (
  red: Red,
  tramo: Tramo,
  km: number,
  { turno, turnos, dia }: { turno: number; turnos: number; dia: Dia },
): VueloProgramado => {
  const { aerolinea, origen, destino } = tramo
  const partes = [aerolinea.codigo, origen.codigo, destino.codigo, turno] as const
  const paso = VENTANA / turnos
  const minuto = PRIMERA_SALIDA + cinco(turno * paso + azar_de(red.semilla, 'hora', ...partes) * paso * 0.9)
  const salida = red.horas.aInstante(origen.zona, { dia, minuto })
  const numero = `${aerolinea.codigo} ${100 + Math.floor(azar_de(red.semilla, 'numero', ...partes) * 8_900)}`
  return { aerolinea, numero, origen, destino, turno, dia, salida, llegada: salida + duracion_de(km) * MINUTO_MS, km }
}

/** Los vuelos sin escalas de ese día, en hora del origen, en orden de salida. Ninguno si la aerolínea no vuela esa ruta. */
export const salidas_de = (red: Red, tramo: Tramo, dia: Dia): readonly VueloProgramado[] => {
  if (!vuela_entre(red, tramo.aerolinea, tramo.origen, tramo.destino)) return []
  const km = kilometros(tramo.origen, tramo.destino)
  const turnos = turnosDe(tramo, km)
  return Array.from({ length: turnos }, (_, turno) => turno)
    .filter((turno) => opera(red, tramo, turno, dia))
    .map((turno) => programar(red, tramo, km, { turno, turnos, dia }))
}
