import type { Partes } from 'seedwork/aplicacion/ejecutor.ts'
import type { Comando, Query } from 'seedwork/aplicacion/mensajes.ts'
import { registro } from 'seedwork/infraestructura/mensajes/registro.ts'
import { topico } from 'seedwork/infraestructura/mensajes/topico.ts'
import type { EventoReserva } from './modulos/vuelos/index.ts'

/** También lo que fracasa es un hecho: quien pidió algo se entera por aquí, haya salido bien o mal. */
export const EventosOperacion = topico({
  nombre: 'eventos-operacion',
  record: 'EventoOperacionTerminada',
  version: 1,
  fuente: 'aeroalpes',
  data: registro('OperacionTerminada', {
    id_operacion: 'string',
    id_reserva: 'string',
    actor: 'string',
    propietario: 'string',
    comando: 'string',
    estado: 'string',
    codigo: 'string',
    error: 'string',
  }),
  tipos: { OperacionTerminada: null },
  llave: ({ data }) => data.id_reserva,
})

/**
 * `error` es la frase en español; `codigo` es lo estable. El propietario es el de la reserva que cambió, aunque lo pidiera un operador; si
 * nada cambió, el de quien lo pidió.
 */
export const anunciarOperacion: Partes<Comando, EventoReserva, Query>['anunciar'] = (operacion, atributos, eventos) => {
  const { id, sujeto, actor, comando, estado, error } = operacion
  const propietario = eventos.at(-1)?.data.id_cliente ?? atributos.propietario
  const fallo = { codigo: error?.codigo ?? null, error: error?.es ?? null }
  const data = { id_operacion: id, id_reserva: sujeto, actor, propietario, comando, estado, ...fallo }
  return EventosOperacion.escribir({ tipo: 'OperacionTerminada', data, atributos: { ...atributos, propietario } })
}
