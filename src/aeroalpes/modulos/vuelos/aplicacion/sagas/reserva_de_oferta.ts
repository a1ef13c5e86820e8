import type { PasoSiguiente, Proceso } from 'seedwork/aplicacion/gestor_de_proceso.ts'
import type { DatosDe } from 'seedwork/aplicacion/mensajes.ts'
import { type ModoDeAerolinea, respuesta_de_la_aerolinea } from '../../dominio/aerolinea_simulada.ts'
import type { EventoReserva } from '../../dominio/eventos.ts'
import type { AprobarReserva } from '../comandos/aprobar_reserva.ts'
import type { CancelarReserva } from '../comandos/cancelar_reserva.ts'

/** `esperando` a que la aerolínea responda; `resuelta` cuando ya respondió, o cuando su respuesta dejó de importar. */
export type EstadoDeReservaDeOferta = Readonly<{ fase: 'esperando' | 'resuelta' }>

export type HechoDeReserva = Readonly<{ tipo: EventoReserva['tipo']; de_oferta: boolean }>

type Pedido =
  | Readonly<{ tipo: 'AprobarReserva'; datos: DatosDe<typeof AprobarReserva> }>
  | Readonly<{ tipo: 'CancelarReserva'; datos: DatosDe<typeof CancelarReserva> }>

type Paso = PasoSiguiente<EstadoDeReservaDeOferta, Pedido, 'respuesta'>

const RESUELTA: Paso = { estado: { fase: 'resuelta' }, comandos: [], plazos: [] }

const responder = (id_reserva: string, modo: ModoDeAerolinea): Pedido => {
  const respuesta = respuesta_de_la_aerolinea(id_reserva, modo)
  return respuesta.acepta
    ? { tipo: 'AprobarReserva', datos: { id_reserva } }
    : { tipo: 'CancelarReserva', datos: { id_reserva, motivo: respuesta.motivo } }
}

/**
 * De la reserva de una oferta: creada, la aerolínea tarda en responder; cuando responde, se aprueba o se cancela con su motivo. Si antes
 * alguien la aprueba o la cancela, la respuesta ya no importa; y si eso se sabe antes que su creación, tampoco.
 */
export const reservaDeOferta = (modo: ModoDeAerolinea): Proceso<EstadoDeReservaDeOferta, HechoDeReserva, Pedido, 'respuesta'> => ({
  nombre: 'reserva_de_oferta',
  avanzar: (estado, entrada, { id, ahora }) => {
    if (estado?.fase === 'resuelta') return undefined
    if (entrada.tipo === 'vencio') return estado && { ...RESUELTA, comandos: [responder(id, modo)] }
    if (!entrada.hecho.de_oferta) return undefined
    if (entrada.hecho.tipo !== 'ReservaCreada') return RESUELTA
    if (estado !== undefined) return undefined
    const vence = ahora + respuesta_de_la_aerolinea(id, modo).tarda_ms
    return { estado: { fase: 'esperando' }, comandos: [], plazos: [{ nombre: 'respuesta', vence }] }
  },
})
