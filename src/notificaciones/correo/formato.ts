import type { LegLeido, LugarLeido } from '../reserva.ts'
import type { Idioma } from './textos.ts'

const FECHAS: Readonly<Record<Idioma, string>> = { es: 'es-CO', en: 'en-GB' }
const DINERO: Readonly<Record<Idioma, string>> = { es: 'es-CO', en: 'en-US' }
/** El espacio que no deja partir la línea. */
const DURO = '\u00a0'
const MINUTO_MS = 60_000
const DIA_MS = 86_400_000

/** Cuántos decimales tiene cada moneda según ISO 4217, donde no son dos. No se le pregunta a Intl: la suya es la costumbre, no la norma. */
const DECIMALES: Readonly<Record<string, number>> = {
  ...Object.fromEntries('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((moneda) => [moneda, 0])),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((moneda) => [moneda, 3])),
}

/** `$ 1.284.600 COP`, en una sola línea. `total` va en unidades menores; los centavos se ven sólo si los hay. El código siempre: `$` es de muchas. */
export const dinero = ({ moneda, total }: Readonly<{ moneda: string; total: number }>, idioma: Idioma): string => {
  const decimales = DECIMALES[moneda] ?? 2
  const formato = recordado(`${idioma} ${moneda}`, () => formatoDeDinero(idioma, moneda, decimales))
  const cantidad = formato.format(decimal(total, decimales))
  return (cantidad.includes(moneda) ? cantidad : `${cantidad} ${moneda}`).replaceAll(' ', DURO)
}

const formatoDeDinero = (idioma: Idioma, moneda: string, decimales: number): Intl.NumberFormat =>
  new Intl.NumberFormat(DINERO[idioma], {
    style: 'currency',
    currency: moneda,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: decimales,
    maximumFractionDigits: decimales,
    trailingZeroDisplay: 'stripIfInteger',
  })

const FORMATOS_MAXIMOS = 2_000
const formatos = new Map<string, unknown>()

/** Crear un formato de Intl cuesta más que usarlo cien veces: se recuerda por su llave. */
const recordado = <F>(llave: string, crear: () => F): F => {
  const hecho = formatos.get(llave) as F | undefined
  if (hecho !== undefined) return hecho
  if (formatos.size >= FORMATOS_MAXIMOS) formatos.clear()
  const nuevo = crear()
  formatos.set(llave, nuevo)
  return nuevo
}

/** Un entero de unidades menores como decimal escrito: sin pasar por un número con coma flotante. */
const decimal = (total: number, decimales: number): `${number}` => {
  const digitos = String(Math.abs(total)).padStart(decimales + 1, '0')
  const corte = digitos.length - decimales
  return `${total < 0 ? '-' : ''}${digitos.slice(0, corte)}.${digitos.slice(corte)}0` as `${number}`
}

/** Un momento como lo marca el reloj del lugar. `dia` cuenta días del calendario de ese lugar. */
export type HoraDeLugar = Readonly<{ hora: string; fecha: string; dia: number; zona: string }>

/** La hora del reloj del lugar: la guardada al reservar o, si no se guardó, la de su zona; sin zona, UTC, y lo dice. */
export const horaDe = (
  { instante, local, lugar }: Readonly<{ instante: string; local: string | null | undefined; lugar: LugarLeido }>,
  idioma: Idioma,
): HoraDeLugar => {
  const zona = zonaConocida(lugar.zona)
  const reloj = local ?? relojEn(instante, zona)
  const ms = Date.parse(`${reloj.slice(0, 16)}:00Z`)
  return {
    hora: reloj.slice(11, 16),
    fecha: formatoDeFecha(idioma).format(ms),
    dia: Math.floor(ms / DIA_MS),
    zona: desfase(instante, zona),
  }
}

const formatoDeFecha = (idioma: Idioma): Intl.DateTimeFormat =>
  recordado(`fecha ${idioma}`, () => {
    const opciones = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const
    return new Intl.DateTimeFormat(FECHAS[idioma], opciones)
  })

export const salidaDe = (leg: LegLeido, idioma: Idioma): HoraDeLugar =>
  horaDe({ instante: leg.fecha_salida, local: leg.salida_local, lugar: leg.origen }, idioma)

export const llegadaDe = (leg: LegLeido, idioma: Idioma): HoraDeLugar =>
  horaDe({ instante: leg.fecha_llegada, local: leg.llegada_local, lugar: leg.destino }, idioma)

const zonaConocida = (zona: string | null | undefined): string => {
  if (zona == null) return 'UTC'
  return recordado(`zona ${zona}`, () => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: zona }).resolvedOptions().timeZone
    } catch {
      return 'UTC'
    }
  })
}

/** `2026-12-10T08:15` */
const relojEn = (instante: string, zona: string): string => {
  const formato = recordado(
    `reloj ${zona}`,
    () => new Intl.DateTimeFormat('sv-SE', { timeZone: zona, dateStyle: 'short', timeStyle: 'short' }),
  )
  return formato.format(Date.parse(instante)).replace(' ', 'T')
}

/** `GMT−5`, con el horario de ese día. Con el signo menos, que no deja partir la línea. */
const desfase = (instante: string, zona: string): string => {
  if (zona === 'UTC') return 'UTC'
  const formato = recordado(`desfase ${zona}`, () => new Intl.DateTimeFormat('en', { timeZone: zona, timeZoneName: 'shortOffset' }))
  const parte = formato.formatToParts(Date.parse(instante)).find(({ type }) => type === 'timeZoneName')
  return parte?.value.replace('-', '−') ?? 'UTC'
}

/** `+1` si llega al día siguiente; vacío si es el mismo día. Al cruzar la línea de cambio de fecha puede ser `-1`. */
export const marcaDeDias = (salida: HoraDeLugar, llegada: HoraDeLugar): string => {
  const dias = llegada.dia - salida.dia
  return dias === 0 ? '' : `${dias > 0 ? '+' : '−'}${Math.abs(dias)}`
}

/** Los minutos de verdad entre dos instantes, sea cual sea el reloj de cada lugar. */
export const minutosEntre = (desde: string, hasta: string): number => Math.round((Date.parse(hasta) - Date.parse(desde)) / MINUTO_MS)

/** `5 h 50`, `45 min` */
export const duracion = (minutos: number): string => {
  const horas = Math.floor(minutos / 60)
  const resto = minutos % 60
  if (horas === 0) return `${resto} min`
  return resto === 0 ? `${horas} h` : `${horas} h ${String(resto).padStart(2, '0')}`
}

/** La ciudad si se sabe; si no, el nombre del aeropuerto o su código. */
export const ciudadDe = ({ ciudad, nombre, codigo }: LugarLeido): string => ciudad ?? nombre ?? codigo
