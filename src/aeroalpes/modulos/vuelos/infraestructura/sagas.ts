import type { Actor } from 'seedwork/aplicacion/actor.ts'
import type { Ejecutor } from 'seedwork/aplicacion/ejecutor.ts'
import type { Efecto } from 'seedwork/infraestructura/consumo/idempotencia.ts'
import type { EsquemasConocidos } from 'seedwork/infraestructura/mensajes/lectura.ts'
import { crearGestor, type Gestor } from 'seedwork/infraestructura/procesos.ts'
import { AprobarReserva, CancelarReserva, type ComandoVuelos, type QueryVuelos } from '../aplicacion/handlers.ts'
import { type HechoDeReserva, reservaDeOferta } from '../aplicacion/sagas/reserva_de_oferta.ts'
import type { ModoDeAerolinea } from '../dominio/aerolinea_simulada.ts'
import { EventosReserva } from './schema/v1/eventos.ts'

/** En nombre de quién pide la saga: el viajero la ve llegar como respuesta de la aerolínea, no como suya. */
const ACTOR: Actor = { id: 'saga-reservas', rol: 'servicio' }

type Partes = Readonly<{ ejecutor: Pick<Ejecutor<ComandoVuelos, QueryVuelos>, 'solicitar'>; aerolinea: ModoDeAerolinea }> &
  Pick<Parameters<typeof crearGestor>[0], 'reloj' | 'ids' | 'alFijarPlazo' | 'alFallar'>

/** El gestor de las reservas de oferta. Sus comandos salen por `comandos-reserva`, en la conversación que empezó quien reservó. */
export const gestorDeReservas = ({ ejecutor, aerolinea, ...partes }: Partes): Gestor<HechoDeReserva> =>
  crearGestor({
    ...partes,
    proceso: reservaDeOferta(aerolinea),
    emitir: async (tx, { id, comando, hilo }) => {
      const pedido = { sujeto: id, propietario: hilo.propietario, origen: { ...hilo.origen, actor: ACTOR } }
      if (comando.tipo === 'AprobarReserva') await ejecutor.solicitar(tx, AprobarReserva, comando.datos, pedido)
      else await ejecutor.solicitar(tx, CancelarReserva, comando.datos, pedido)
    },
  })

/** Cada evento de una reserva mueve su proceso, si lo tiene. */
export const conducirReservas =
  (gestor: Gestor<HechoDeReserva>, esquemas: EsquemasConocidos): Efecto =>
  async (tx, { entrega, origen }) => {
    const { tipo, data, atributos } = EventosReserva.leer(entrega.mensaje, esquemas)
    if (data.id_reserva === null) return
    await gestor.ocurrio(tx, data.id_reserva, { tipo, de_oferta: data.de_oferta === true }, { origen, propietario: atributos.propietario })
  }
