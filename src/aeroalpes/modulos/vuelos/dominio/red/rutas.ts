import type { Aeropuertos, Lugar } from '../aeropuertos.ts'
import type { Horas } from '../horas.ts'
import { type Aerolinea, CENTROS } from './aerolineas.ts'
import { azar_de } from './azar.ts'

/** De qué sale la red simulada: con la misma semilla, los mismos vuelos. */
export type Red = Readonly<{ semilla: number; aeropuertos: Aeropuertos; horas: Horas }>

const RADIO_KM = 6_371
const CERCA_KM = 80
const ALCANCE_KM = 14_800
const rad = (grados: number): number => (grados * Math.PI) / 180

/** La distancia por el círculo máximo. */
export const kilometros = (a: Lugar, b: Lugar): number => {
  const [fa, fb] = [rad(a.latitud), rad(b.latitud)]
  const h = Math.sin((fb - fa) / 2) ** 2 + Math.cos(fa) * Math.cos(fb) * Math.sin(rad(b.longitud - a.longitud) / 2) ** 2
  return 2 * RADIO_KM * Math.asin(Math.min(1, Math.sqrt(h)))
}

const lugaresDeCentros = new WeakMap<Aeropuertos, readonly Lugar[]>()
const centrosDe = (aeropuertos: Aeropuertos): readonly Lugar[] => {
  const vistos = lugaresDeCentros.get(aeropuertos) ?? [...CENTROS].flatMap((codigo) => aeropuertos.porCodigo(codigo) ?? [])
  lugaresDeCentros.set(aeropuertos, vistos)
  return vistos
}

const masCercanos = new WeakMap<Lugar, string>()
/** El centro que atiende a cada aeropuerto aunque nadie más vuele a él: el más cercano. */
const centroMasCercano = ({ aeropuertos }: Red, lugar: Lugar): string => {
  const recordado = masCercanos.get(lugar)
  if (recordado !== undefined) return recordado
  const [cerca] = centrosDe(aeropuertos)
    .map((centro) => ({ codigo: centro.codigo, km: kilometros(centro, lugar) }))
    .filter(({ km }) => km >= CERCA_KM)
    .sort((a, b) => a.km - b.km)
  masCercanos.set(lugar, cerca?.codigo ?? '')
  return cerca?.codigo ?? ''
}

/** Qué tan probable es que un centro llegue a un lugar, según lo que el lugar es y lo lejos que está. */
const probabilidad = (centro: Lugar, lugar: Lugar, km: number): number => {
  if (CENTROS.has(lugar.codigo)) return km < 9_500 ? 0.9 : 0.6
  if (lugar.internacional) return km < 2_500 ? 0.65 : km < 7_000 ? 0.4 : 0.2
  if (lugar.pais === centro.pais) return km < 1_500 ? 0.5 : 0.15
  return km < 900 ? 0.3 : km < 1_800 ? 0.08 : 0
}

const llegaDesde = (red: Red, { codigo }: Aerolinea, centro: Lugar, lugar: Lugar, km: number): boolean => {
  if (centroMasCercano(red, lugar) === centro.codigo) return true
  const [a, b] = centro.codigo < lugar.codigo ? [centro, lugar] : [lugar, centro]
  return azar_de(red.semilla, 'ruta', codigo, a.codigo, b.codigo) < probabilidad(centro, lugar, km)
}

/** Si la aerolínea vuela sin escalas entre los dos, en los dos sentidos. Una de las puntas es centro suyo. */
export const vuela_entre = (red: Red, aerolinea: Aerolinea, a: Lugar, b: Lugar): boolean => {
  const [aEsCentro, bEsCentro] = [aerolinea.centros.includes(a.codigo), aerolinea.centros.includes(b.codigo)]
  if ((!aEsCentro && !bEsCentro) || a.codigo === b.codigo) return false
  const km = kilometros(a, b)
  if (km < CERCA_KM || km > ALCANCE_KM) return false
  return (aEsCentro && llegaDesde(red, aerolinea, a, b, km)) || (bEsCentro && llegaDesde(red, aerolinea, b, a, km))
}
