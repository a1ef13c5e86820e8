import type { Decision, Entidad } from 'seedwork/dominio/entidades.ts'
import type { Instante } from 'seedwork/dominio/instante.ts'
import type { EventoReserva } from './eventos.ts'
import type { EstadoReserva, Itinerario, Pasajero } from './objetos_valor.ts'
import type { Condiciones, Precio } from './precio.ts'
import { transicionNoPermitida, validarNueva } from './reglas.ts'

/** Lo acordado al reservar una oferta. No cambia más. `localizador`: seis letras con que su dueño la encuentra. */
export type Venta = Readonly<{ localizador: string; precio: Precio; condiciones: Condiciones }>

type Comun = Entidad &
  Readonly<{
    /** Su propietario. La de un invitado es de quien conoce el identificador. */
    id_cliente: string | null
    itinerarios: readonly Itinerario[]
    pasajeros: readonly Pasajero[]
    /** Falta en la que se hizo sin oferta, como las del tutorial. */
    venta?: Venta
    fecha_creacion: Instante
    fecha_actualizacion: Instante
  }>

type Aprobada = Readonly<{ aprobada_en: Instante }>
type Pagada = Aprobada & Readonly<{ pagada_en: Instante }>
/** Conserva los pasos que alcanzó a dar antes: `null` en los que no. */
type Cancelada = Readonly<{ aprobada_en: Instante | null; pagada_en: Instante | null; cancelada_en: Instante; motivo: string }>

/** La raíz de agregación de vuelos: PENDIENTE → APROBADA → PAGADA, y CANCELADA desde cualquiera de las tres. */
export type Reserva = Comun &
  (
    | Readonly<{ estado: 'PENDIENTE' }>
    | (Readonly<{ estado: 'APROBADA' }> & Aprobada)
    | (Readonly<{ estado: 'PAGADA' }> & Pagada)
    | (Readonly<{ estado: 'CANCELADA' }> & Cancelada)
  )

/** Una reserva de la que ya se sabe el estado. */
export type ReservaEn<E extends EstadoReserva> = Extract<Reserva, { estado: E }>

type DecisionReserva = Decision<Reserva, EventoReserva>

export type NuevaReserva = Readonly<{
  id: string
  id_cliente: string | null
  itinerarios: readonly Itinerario[]
  pasajeros: readonly Pasajero[]
  venta?: Venta
  ahora: Instante
}>

/** Nace PENDIENTE, en la versión 1, con el identificador que le dan (B01). Lanza `ReglaRota` si el pedido no cumple `validarNueva`. */
export const crear = ({ ahora, ...nueva }: NuevaReserva): DecisionReserva => {
  validarNueva(nueva)
  return decidir({ ...nueva, version: 1, estado: 'PENDIENTE', fecha_creacion: ahora, fecha_actualizacion: ahora })
}

/** De PENDIENTE a APROBADA. Lanza `TransicionValida` desde cualquier otro estado. */
export const aprobar = (r: Reserva, ahora: Instante): DecisionReserva => {
  switch (r.estado) {
    case 'PENDIENTE':
      return decidir({ ...r, ...avanzar(r, ahora), estado: 'APROBADA', aprobada_en: ahora })
    case 'APROBADA':
    case 'PAGADA':
    case 'CANCELADA':
      throw transicionNoPermitida(r.estado, 'APROBADA')
    default:
      return r satisfies never
  }
}

/** De APROBADA a PAGADA. Lanza `TransicionValida` desde cualquier otro estado. */
export const pagar = (r: Reserva, ahora: Instante): DecisionReserva => {
  switch (r.estado) {
    case 'APROBADA':
      return decidir({ ...r, ...avanzar(r, ahora), estado: 'PAGADA', pagada_en: ahora })
    case 'PENDIENTE':
    case 'PAGADA':
    case 'CANCELADA':
      throw transicionNoPermitida(r.estado, 'PAGADA')
    default:
      return r satisfies never
  }
}

/** De PENDIENTE, APROBADA o PAGADA a CANCELADA, de donde no se sale. Lanza `TransicionValida` si ya lo estaba. */
export const cancelar = (r: Reserva, ahora: Instante, motivo: string): DecisionReserva => {
  const cancelada = { ...avanzar(r, ahora), estado: 'CANCELADA', cancelada_en: ahora, motivo } as const
  switch (r.estado) {
    case 'PENDIENTE':
      return decidir({ ...r, ...cancelada, aprobada_en: null, pagada_en: null })
    case 'APROBADA':
      return decidir({ ...r, ...cancelada, pagada_en: null })
    case 'PAGADA':
      return decidir({ ...r, ...cancelada })
    case 'CANCELADA':
      throw transicionNoPermitida(r.estado, 'CANCELADA')
    default:
      return r satisfies never
  }
}

const avanzar = (r: Reserva, ahora: Instante) => ({ version: r.version + 1, fecha_actualizacion: ahora })

const decidir = (estado: Reserva): DecisionReserva => ({ estado, eventos: [entrada(estado)] })

/** A cada estado se llega por un solo camino: el evento se lee del estado nuevo, y así nunca lo contradice (B10). */
const entrada = (r: Reserva): EventoReserva => {
  const { version } = r
  const deOferta = r.venta === undefined ? {} : { de_oferta: true as const }
  const data = { id_reserva: r.id, id_cliente: r.id_cliente, fecha_creacion: r.fecha_creacion, ...deOferta }
  const cambio = { ...data, fecha_actualizacion: r.fecha_actualizacion }
  switch (r.estado) {
    case 'PENDIENTE':
      return { tipo: 'ReservaCreada', version, data: { ...data, estado: r.estado } }
    case 'APROBADA':
      return { tipo: 'ReservaAprobada', version, data: { ...cambio, estado: r.estado } }
    case 'PAGADA':
      return { tipo: 'ReservaPagada', version, data: { ...cambio, estado: r.estado } }
    case 'CANCELADA':
      return { tipo: 'ReservaCancelada', version, data: { ...cambio, estado: r.estado, motivo: r.motivo } }
    default:
      return r satisfies never
  }
}

/** Las cabinas en que ocupa asientos: las de los vuelos que salieron de una oferta. */
export const cabinas_de = ({ itinerarios }: Reserva): readonly string[] =>
  itinerarios
    .flatMap(({ odos }) => odos.flatMap(({ segmentos }) => segmentos.flatMap(({ legs }) => legs)))
    .flatMap(({ vuelo }) => vuelo?.cabina ?? [])

/** Cuántos asientos ocupa en cada una: los infantes van en brazos. */
export const asientos_ocupados = ({ pasajeros }: Reserva): number => pasajeros.filter(({ tipo }) => tipo !== 'INFANTE').length
