import type { Idioma, Textos } from './textos.ts'
import type { Leg, Lugar, Odo } from './tipos.ts'

const REGIONES: Record<Idioma, string> = { es: 'es-CO', en: 'en-US' }

/** `total` en unidades mínimas de la moneda; los decimales que se muestran los decide Intl, no la escala. */
export const dinero = (total: number, moneda: string, idioma: Idioma): string => {
  const exacto = total / 100
  return new Intl.NumberFormat(REGIONES[idioma], {
    style: 'currency',
    currency: moneda,
    currencyDisplay: 'narrowSymbol',
    ...(moneda === 'COP' && { maximumFractionDigits: 0 }),
  }).format(exacto)
}

/** `350` → `5 h 50`. */
export const duracion = (minutos: number): string => {
  const [horas, resto] = [Math.floor(minutos / 60), minutos % 60]
  if (horas === 0) return `${resto} min`
  return resto === 0 ? `${horas} h` : `${horas} h ${String(resto).padStart(2, '0')}`
}

/** La hora y el día locales de un aeropuerto llegan ya escritos: `2026-12-10T08:15`. Aquí no se convierte ninguna zona. */
export const horaDe = (local: string): string => local.slice(11, 16)

export const diaDe = (local: string, idioma: Idioma): string =>
  new Intl.DateTimeFormat(REGIONES[idioma], { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${local.slice(0, 10)}T00:00:00Z`),
  )

/** El momento de algo que pasó, en la hora de quien mira. */
export const momento = (fecha: string, idioma: Idioma): string =>
  new Intl.DateTimeFormat(REGIONES[idioma], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(
    new Date(fecha),
  )

export const fechaCompleta = (fecha: string, idioma: Idioma): string =>
  new Intl.DateTimeFormat(REGIONES[idioma], { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(fecha))

export type Extremos = Readonly<{ primero: Leg; ultimo: Leg; legs: readonly Leg[]; dias: number }>

/** El primer y el último leg de un odo, y cuántos días después llega. `undefined` si no tiene ninguno. */
export const extremosDe = ({ segmentos }: Odo): Extremos | undefined => {
  const legs = segmentos.flatMap((segmento) => segmento.legs)
  const [primero, ultimo] = [legs[0], legs.at(-1)]
  if (primero === undefined || ultimo === undefined) return undefined
  const dia = (local: string) => Date.parse(`${local.slice(0, 10)}T00:00:00Z`)
  return { primero, ultimo, legs, dias: Math.round((dia(llegadaDe(ultimo)) - dia(salidaDe(primero))) / 86_400_000) }
}

/** `Bogotá → Madrid`, con `⇄` si se vuelve por donde se fue, y los dos tramos si no. */
export const nombreDelViaje = (odos: readonly Odo[]): string => {
  const tramos = odos.flatMap((odo) => extremosDe(odo) ?? []).map(({ primero, ultimo }) => [primero.origen, ultimo.destino] as const)
  const [ida, vuelta] = tramos
  const vuelve = ida && vuelta && tramos.length === 2 && ida[0].codigo === vuelta[1].codigo && ida[1].codigo === vuelta[0].codigo
  if (vuelve) return `${ciudadDe(ida[0])} ⇄ ${ciudadDe(ida[1])}`
  return tramos.map(([origen, destino]) => `${ciudadDe(origen)} → ${ciudadDe(destino)}`).join(' · ')
}

const ciudadDe = ({ ciudad, nombre, codigo }: Lugar): string => ciudad ?? nombre ?? codigo

/** La hora local de la reserva; una del tutorial no conoce su zona y se muestra en UTC. */
export const salidaDe = ({ salida_local, fecha_salida }: Leg): string => salida_local ?? fecha_salida.slice(0, 16)
export const llegadaDe = ({ llegada_local, fecha_llegada }: Leg): string => llegada_local ?? fecha_llegada.slice(0, 16)

export const minutosDe = ({ primero, ultimo }: Extremos): number =>
  Math.round((Date.parse(ultimo.fecha_llegada) - Date.parse(primero.fecha_salida)) / 60_000)

/** `1 escala · PTY 2 h 05`, o `Directo`. */
export const escalasDe = ({ legs }: Extremos, t: Textos): string => {
  if (legs.length === 1) return t.directo
  const paradas = legs.slice(1).map((leg, i) => {
    const espera = Math.round((Date.parse(leg.fecha_salida) - Date.parse((legs[i] as Leg).fecha_llegada)) / 60_000)
    return `${leg.origen.codigo} ${duracion(espera)}`
  })
  return `${t.escalas(legs.length - 1)} · ${paradas.join(', ')}`
}
