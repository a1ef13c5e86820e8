import type { Instante } from 'seedwork/dominio/instante.ts'

/** La forma del identificador de una reserva: un UUID. Lo que no la tiene no nombra ninguna. */
export const ID_RESERVA = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** El mismo nombre en el código, el JSON, los filtros y los mensajes (B12). */
export type EstadoReserva = 'PENDIENTE' | 'APROBADA' | 'PAGADA' | 'CANCELADA'

export type TipoPasajero = 'ADULTO' | 'MENOR' | 'INFANTE'
export type Clase = 'ECONOMICA' | 'PREMIUM' | 'EJECUTIVA' | 'PRIMERA'
export type TipoVuelo = 'Ida y vuelta' | 'Solo ida' | 'Open Jaw'

export type Pasajero = Readonly<{ nombre: string | null; tipo: TipoPasajero; clase: Clase }>

/** Su código lo identifica; el nombre sólo lo describe. */
export type Aeropuerto = Readonly<{ codigo: string; nombre: string | null }>

/** Un vuelo sin escalas. */
export type Leg = Readonly<{ fecha_salida: Instante; fecha_llegada: Instante; origen: Aeropuerto; destino: Aeropuerto }>
/** Legs que se vuelan uno tras otro, con conexión. */
export type Segmento = Readonly<{ legs: readonly Leg[] }>
/** Una opción origen-destino. */
export type Odo = Readonly<{ segmentos: readonly Segmento[] }>
export type Itinerario = Readonly<{ odos: readonly Odo[] }>

/** Todo lo que va de un aeropuerto a otro. */
export type Tramo = Leg | Segmento | Odo

/** Compara por código, sin distinguir mayúsculas: BOG y `bog` son el mismo lugar, se llamen como se llamen (B04). */
export const mismo_aeropuerto = (a: Aeropuerto, b: Aeropuerto): boolean => a.codigo.toUpperCase() === b.codigo.toUpperCase()

/** `BOG - El Dorado`, o sólo `BOG` si no se conoce el nombre (B09). */
export const texto_aeropuerto = ({ codigo, nombre }: Aeropuerto): string => (nombre === null ? codigo : `${codigo} - ${nombre}`)

/** De dónde sale el primer leg del tramo (B08). Como las tres que siguen, supone un tramo sin listas vacías: lo aseguran las reglas. */
export const origen = (tramo: Tramo): Aeropuerto => primero(legs_de(tramo)).origen
/** A dónde llega el último leg del tramo. */
export const destino = (tramo: Tramo): Aeropuerto => ultimo(legs_de(tramo)).destino
/** Cuándo sale el primer leg del tramo. */
export const fecha_salida = (tramo: Tramo): Instante => primero(legs_de(tramo)).fecha_salida
/** Cuándo llega el último leg del tramo. */
export const fecha_llegada = (tramo: Tramo): Instante => ultimo(legs_de(tramo)).fecha_llegada

/** Termina donde empezó y cada odo sale de donde llegó el anterior. */
export const es_ida_y_vuelta = ({ odos }: Itinerario): boolean =>
  odos.every((odo, i) => mismo_aeropuerto(origen(odo), destino(odos[i - 1] ?? ultimo(odos))))

/** Un solo odo, que no vuelve a donde empezó. */
export const es_solo_ida = (itinerario: Itinerario): boolean => itinerario.odos.length === 1 && !es_ida_y_vuelta(itinerario)

/** Lo que no es ni ida y vuelta ni solo ida vuelve de otra ciudad, o a otra ciudad (B07). */
export const tipo_vuelo = (itinerario: Itinerario): TipoVuelo => {
  if (es_ida_y_vuelta(itinerario)) return 'Ida y vuelta'
  return es_solo_ida(itinerario) ? 'Solo ida' : 'Open Jaw'
}

/** `BOG-JFK`: de la salida al punto desde el que se vuelve, o al destino. Un Open Jaw nombra cada odo: `BOG-JFK, MIA-BOG` (B07). */
export const ruta = (itinerario: Itinerario): string => {
  const { odos } = itinerario
  if (tipo_vuelo(itinerario) === 'Ida y vuelta') return entre(origen(primero(odos)), origen(ultimo(odos)))
  return odos.map((odo) => entre(origen(odo), destino(odo))).join(', ')
}

const entre = (desde: Aeropuerto, hasta: Aeropuerto): string => `${desde.codigo}-${hasta.codigo}`

const legs_de = (tramo: Tramo): readonly Leg[] => {
  if ('segmentos' in tramo) return tramo.segmentos.flatMap((segmento) => segmento.legs)
  return 'legs' in tramo ? tramo.legs : [tramo]
}

const primero = <T>(lista: readonly T[]): T => existente(lista[0])
const ultimo = <T>(lista: readonly T[]): T => existente(lista.at(-1))

const existente = <T>(elemento: T | undefined): T => {
  if (elemento === undefined) throw new RangeError('Una lista vacía no tiene extremos: este itinerario no pasó por las reglas')
  return elemento
}
