import { esInvitado } from 'seedwork/aplicacion/actor.ts'
import { atributosDe, type Despachadores, type Solicitudes } from 'seedwork/aplicacion/ejecutor.ts'
import type { DatosDe } from 'seedwork/aplicacion/mensajes.ts'
import type { Origen } from 'seedwork/aplicacion/origen.ts'
import type { Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import type { Atributos } from 'seedwork/infraestructura/mensajes/topico.ts'
import type { ComandoVuelos, CrearReserva } from '../aplicacion/handlers.ts'
import type { EventoReserva } from '../dominio/eventos.ts'
import { ComandosReserva } from './schema/v1/comandos.ts'
import { EventosReserva } from './schema/v1/eventos.ts'

/** Como el tutorial escribe a quien no tiene identificador: un invitado, tenga sesión o no. */
const SIN_CLIENTE = 'None'
const enElMensaje = (id_cliente: string | null): string => (id_cliente === null || esInvitado(id_cliente) ? SIN_CLIENTE : id_cliente)

const publicar = ({ tipo, version, data }: EventoReserva, origen: Origen, id: string): Mensaje => {
  const { id_reserva, id_cliente, estado, fecha_creacion } = data
  const fecha_actualizacion = 'fecha_actualizacion' in data ? data.fecha_actualizacion : fecha_creacion
  const atributos = atributosDe({ sujeto: id_reserva, propietario: id_cliente ?? '', origen }, { id, instante: fecha_actualizacion })
  const motivo = 'motivo' in data ? data.motivo : null
  const deOferta = data.de_oferta === true ? { de_oferta: true } : {}
  const cliente = enElMensaje(id_cliente)
  const cuerpo = { id_reserva, id_cliente: cliente, estado, fecha_creacion, version, fecha_actualizacion, motivo, ...deOferta }
  return EventosReserva.escribir({ tipo, data: cuerpo, atributos })
}

/** Los cuatro salen a `eventos-reserva`. */
export const despachadoresVuelos: Despachadores<EventoReserva> = {
  ReservaCreada: publicar,
  ReservaAprobada: publicar,
  ReservaPagada: publicar,
  ReservaCancelada: publicar,
}

const usuario = ({ propietario }: Atributos) => ({ id_usuario: enElMensaje(propietario === '' ? null : propietario) })

/** Una compra no lleva itinerarios ni clase: los dice la oferta. */
const cuerpoDeCrear = ({ id_reserva, itinerarios, pasajeros, compra }: DatosDe<typeof CrearReserva>) => {
  if (compra === undefined) return { id_reserva, itinerarios, pasajeros }
  const { id_oferta, contacto, viajeros } = compra
  return { id_reserva, itinerarios: [], pasajeros: viajeros.map((viajero) => ({ ...viajero, clase: null })), id_oferta, contacto }
}

/** Los comandos que se piden para después van a `comandos-reserva`. */
export const solicitudesVuelos: Solicitudes<ComandoVuelos> = {
  CrearReserva: (datos, atributos) =>
    ComandosReserva.escribir({ tipo: 'CrearReserva', data: usuario(atributos), cuerpo: cuerpoDeCrear(datos), atributos }),
  AprobarReserva: (cuerpo, atributos) => ComandosReserva.escribir({ tipo: 'AprobarReserva', data: usuario(atributos), cuerpo, atributos }),
  PagarReserva: (cuerpo, atributos) => ComandosReserva.escribir({ tipo: 'PagarReserva', data: usuario(atributos), cuerpo, atributos }),
  CancelarReserva: (cuerpo, atributos) =>
    ComandosReserva.escribir({ tipo: 'CancelarReserva', data: usuario(atributos), cuerpo, atributos }),
}
