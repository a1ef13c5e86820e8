import type { Instante } from 'seedwork/dominio/instante.ts'
import type { ReservaEn } from '../dominio/entidades.ts'
import type { Aeropuerto, EstadoReserva, Itinerario, Leg, Odo, Pasajero, Segmento } from '../dominio/objetos_valor.ts'

/** El instante de partida de las pruebas: el del ejemplo del tutorial. */
export const INICIO: Instante = Date.UTC(2022, 10, 22, 13, 10)
export const MINUTO = 60_000
export const HORA = 60 * MINUTO

const NOMBRES: Readonly<Record<string, string>> = { BOG: 'El Dorado', JFK: 'John F. Kennedy', MIA: 'Miami', MDE: 'José María Córdova' }

export const unAeropuerto = (codigo = 'BOG'): Aeropuerto => ({ codigo, nombre: NOMBRES[codigo] ?? null })

/** BOG → JFK, de seis horas. */
export const unLeg = (cambios: Partial<Leg> = {}): Leg => ({
  fecha_salida: INICIO,
  fecha_llegada: INICIO + 6 * HORA,
  origen: unAeropuerto('BOG'),
  destino: unAeropuerto('JFK'),
  ...cambios,
})

/** `unVuelo('BOG-MIA', 2)`: un leg de una hora que sale dos horas después del inicio. */
export const unVuelo = (ruta: `${string}-${string}`, horas = 0): Leg => {
  const [origen, destino] = ruta.split('-')
  const fecha_salida = INICIO + horas * HORA
  return { fecha_salida, fecha_llegada: fecha_salida + HORA, origen: unAeropuerto(origen), destino: unAeropuerto(destino) }
}

/** Sin argumentos, cada uno lleva uno de los del nivel siguiente; uno vacío se escribe con su literal. */
export const unSegmento = (...legs: readonly Leg[]): Segmento => ({ legs: legs.length > 0 ? legs : [unLeg()] })
export const unOdo = (...segmentos: readonly Segmento[]): Odo => ({ segmentos: segmentos.length > 0 ? segmentos : [unSegmento()] })
export const unItinerario = (...odos: readonly Odo[]): Itinerario => ({ odos: odos.length > 0 ? odos : [unOdo()] })

export const unPasajero = (cambios: Partial<Pasajero> = {}): Pasajero => ({ nombre: null, tipo: 'ADULTO', clase: 'ECONOMICA', ...cambios })

const comun = {
  id: '00000000-0000-7000-8000-0000000000aa',
  id_cliente: null,
  itinerarios: [unItinerario()],
  pasajeros: [],
  fecha_creacion: INICIO,
}
const aprobada_en = INICIO + MINUTO
const pagada_en = INICIO + 2 * MINUTO
const cancelada_en = INICIO + 3 * MINUTO

/** Una de cada estado, con un minuto entre paso y paso. La cancelada había sido pagada. */
const POR_ESTADO: { readonly [E in EstadoReserva]: ReservaEn<E> } = {
  PENDIENTE: { ...comun, estado: 'PENDIENTE', version: 1, fecha_actualizacion: INICIO },
  APROBADA: { ...comun, estado: 'APROBADA', version: 2, fecha_actualizacion: aprobada_en, aprobada_en },
  PAGADA: { ...comun, estado: 'PAGADA', version: 3, fecha_actualizacion: pagada_en, aprobada_en, pagada_en },
  CANCELADA: {
    ...comun,
    estado: 'CANCELADA',
    version: 4,
    fecha_actualizacion: cancelada_en,
    aprobada_en,
    pagada_en,
    cancelada_en,
    motivo: 'Cambio de planes',
  },
}

export const ESTADOS = Object.keys(POR_ESTADO) as readonly EstadoReserva[]

/** Una reserva PENDIENTE, o en el `estado` que se pida, con lo demás de ese estado a la vista y cambiable (B13). */
export const unaReserva = <E extends EstadoReserva = 'PENDIENTE'>(
  cambios: Partial<ReservaEn<E>> & { readonly estado?: E } = {},
): ReservaEn<E> => ({ ...POR_ESTADO[cambios.estado ?? 'PENDIENTE'], ...cambios }) as ReservaEn<E>
