import type { Texto } from 'seedwork/dominio/errores.ts'
import { exigir, type Regla, ReglaRota, regla } from 'seedwork/dominio/reglas.ts'
import { type EstadoReserva, type Itinerario, type Leg, mismo_aeropuerto, type Odo, type Pasajero, type Segmento } from './objetos_valor.ts'

export const MinimoUnItinerario = regla<readonly Itinerario[]>(
  'MinimoUnItinerario',
  { es: 'La lista de itinerarios debe tener al menos un itinerario', en: 'The list of itineraries must have at least one itinerary' },
  (itinerarios) => itinerarios.length > 0,
)

export const ItinerarioConOdos = regla<Itinerario>(
  'ItinerarioConOdos',
  { es: 'Cada itinerario debe tener al menos un odo', en: 'Each itinerary must have at least one odo (origin-destination option)' },
  ({ odos }) => odos.length > 0,
)

export const OdoConSegmentos = regla<Odo>(
  'OdoConSegmentos',
  { es: 'Cada odo debe tener al menos un segmento', en: 'Each odo must have at least one segment' },
  ({ segmentos }) => segmentos.length > 0,
)

export const SegmentoConLegs = regla<Segmento>(
  'SegmentoConLegs',
  { es: 'Cada segmento debe tener al menos un leg', en: 'Each segment must have at least one leg' },
  ({ legs }) => legs.length > 0,
)

export const RutaValida = regla<Leg>(
  'RutaValida',
  { es: 'La ruta propuesta es incorrecta', en: 'The proposed route is not valid' },
  ({ origen, destino }) => !mismo_aeropuerto(origen, destino),
)

export const SalidaAntesDeLlegada = regla<Leg>(
  'SalidaAntesDeLlegada',
  { es: 'Cada leg debe salir antes de llegar', en: 'Each leg must depart before it arrives' },
  ({ fecha_salida, fecha_llegada }) => fecha_salida < fecha_llegada,
)

export const LegsConectados = regla<Segmento>(
  'LegsConectados',
  {
    es: 'Cada leg de un segmento debe salir del aeropuerto al que llegó el anterior, y después de que este llegue',
    en: 'Each leg of a segment must depart from the airport where the previous one arrived, and after it arrives',
  },
  ({ legs }) => legs.every((leg, i) => conecta(legs[i - 1], leg)),
)

/** Sólo cuando se dan pasajeros: los clientes del tutorial no los envían. */
export const MinimoUnAdulto = regla<readonly Pasajero[]>(
  'MinimoUnAdulto',
  { es: 'Al menos un adulto debe ser parte del itinerario', en: 'At least one adult must be part of the itinerary' },
  (pasajeros) => pasajeros.length === 0 || pasajeros.some(({ tipo }) => tipo === 'ADULTO'),
)

/** Lo que una reserva pide antes de existir. */
export type Pedido = Readonly<{ itinerarios: readonly Itinerario[]; pasajeros: readonly Pasajero[] }>

/**
 * Exige todas las reglas que no dependen de lo guardado; las dos rutas la llaman antes de escribir nada. Lanza `ReglaRota` con la primera
 * que no se cumple, siempre en este orden: que nada falte, cada leg, cada conexión, los pasajeros.
 */
export const validarNueva = ({ itinerarios, pasajeros }: Pedido): void => {
  exigir(MinimoUnItinerario, itinerarios)
  exigirEnCada(ItinerarioConOdos, itinerarios)
  const odos = itinerarios.flatMap((itinerario) => itinerario.odos)
  exigirEnCada(OdoConSegmentos, odos)
  const segmentos = odos.flatMap((odo) => odo.segmentos)
  exigirEnCada(SegmentoConLegs, segmentos)
  const legs = segmentos.flatMap((segmento) => segmento.legs)
  exigirEnCada(RutaValida, legs)
  exigirEnCada(SalidaAntesDeLlegada, legs)
  exigirEnCada(LegsConectados, segmentos)
  exigir(MinimoUnAdulto, pasajeros)
}

/** El error de pedirle a una reserva un paso que su estado no permite. */
export const transicionNoPermitida = (desde: EstadoReserva, hacia: EstadoReserva): ReglaRota =>
  new ReglaRota('TransicionValida', desde === hacia ? yaEsta(desde) : noPuedePasar(desde, hacia))

const exigirEnCada = <T>(laRegla: Regla<T>, valores: readonly T[]): void => {
  for (const valor of valores) exigir(laRegla, valor)
}

const conecta = (anterior: Leg | undefined, leg: Leg): boolean =>
  anterior === undefined || (mismo_aeropuerto(anterior.destino, leg.origen) && anterior.fecha_llegada <= leg.fecha_salida)

const NOMBRES: Readonly<Record<EstadoReserva, Texto>> = {
  PENDIENTE: { es: 'pendiente', en: 'pending' },
  APROBADA: { es: 'aprobada', en: 'approved' },
  PAGADA: { es: 'pagada', en: 'paid' },
  CANCELADA: { es: 'cancelada', en: 'cancelled' },
}

const yaEsta = (estado: EstadoReserva): Texto => ({
  es: `La reserva ya está ${NOMBRES[estado].es}`,
  en: `The reservation is already ${NOMBRES[estado].en}`,
})

const noPuedePasar = (desde: EstadoReserva, hacia: EstadoReserva): Texto => ({
  es: `La reserva está ${NOMBRES[desde].es} y no puede pasar a ${NOMBRES[hacia].es}`,
  en: `The reservation is ${NOMBRES[desde].en} and cannot become ${NOMBRES[hacia].en}`,
})
