import { esInvitado } from 'seedwork/aplicacion/actor.ts'
import type { Reaccion } from 'seedwork/aplicacion/mensajes.ts'
import { esInstante } from 'seedwork/dominio/instante.ts'
import type { Efecto } from 'seedwork/infraestructura/consumo/idempotencia.ts'
import { MensajeIndescifrable } from 'seedwork/infraestructura/mensajes/indescifrable.ts'
import type { EsquemasConocidos } from 'seedwork/infraestructura/mensajes/lectura.ts'
import { type EventoReserva, EventosReserva } from '../../vuelos/index.ts'
import { anotarCambio } from './historial.ts'

/** Al ocurrir ReservaCreada, en la misma tx: la reserva entra al historial de su cliente. Un invitado no tiene. */
export const anotarReservaCreada: Reaccion<Extract<EventoReserva, { tipo: 'ReservaCreada' }>> = async ({ tx }, { version, data }) =>
  anotarCambio(tx, {
    id_cliente: esInvitado(data.id_cliente) ? null : data.id_cliente,
    id_reserva: data.id_reserva,
    estado: data.estado,
    version,
    fecha: data.fecha_creacion,
  })

/** Lo demás le llega por `eventos-reserva`. Un mensaje del tutorial no trae versión: cuenta como la primera. */
export const seguirReservas =
  (esquemas: EsquemasConocidos): Efecto =>
  async (tx, { entrega }) => {
    const { data, atributos } = EventosReserva.leer(entrega.mensaje, esquemas)
    const { id_reserva, id_cliente, estado, version } = data
    if (id_reserva === null || estado === null || id_cliente === null || id_cliente === 'None') return
    const fecha = data.fecha_actualizacion ?? atributos.instante
    if (!esInstante(fecha)) throw new MensajeIndescifrable({ es: 'su fecha no existe', en: 'its date does not exist' })
    anotarCambio(tx, { id_cliente, id_reserva, estado, version: version ?? 1, fecha })
  }
