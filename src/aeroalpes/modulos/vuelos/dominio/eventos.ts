import type { Instante } from 'seedwork/dominio/instante.ts'

/** `version` es la que tiene la reserva después del evento: quien lo recibe tarde o dos veces lo sabe por ella. */
type Hecho<Tipo extends string, Data> = Readonly<{ tipo: Tipo; version: number; data: Readonly<Data> }>

/** `fecha_creacion` es la de la reserva en todos sus eventos. `de_oferta` está sólo en las que se hicieron de una oferta. */
type DeReserva<Estado> = { id_reserva: string; id_cliente: string | null; estado: Estado; fecha_creacion: Instante; de_oferta?: true }
type Cambio<Estado> = DeReserva<Estado> & { fecha_actualizacion: Instante }

export type ReservaCreada = Hecho<'ReservaCreada', DeReserva<'PENDIENTE'>>
export type ReservaAprobada = Hecho<'ReservaAprobada', Cambio<'APROBADA'>>
export type ReservaPagada = Hecho<'ReservaPagada', Cambio<'PAGADA'>>
export type ReservaCancelada = Hecho<'ReservaCancelada', Cambio<'CANCELADA'> & { motivo: string }>

export type EventoReserva = ReservaCreada | ReservaAprobada | ReservaPagada | ReservaCancelada
