import type { Partes } from 'seedwork/aplicacion/ejecutor.ts'
import type { Comando, Evento, Query } from 'seedwork/aplicacion/mensajes.ts'
import { registro } from 'seedwork/infraestructura/mensajes/registro.ts'
import { topico } from 'seedwork/infraestructura/mensajes/topico.ts'

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

/** `error` es la frase en español; `codigo` es lo estable. */
export const anunciarOperacion: Partes<Comando, Evento, Query>['anunciar'] = ({ id, sujeto, actor, comando, estado, error }, atributos) => {
  const data = {
    id_operacion: id,
    id_reserva: sujeto,
    actor,
    propietario: atributos.propietario,
    comando,
    estado,
    codigo: error?.codigo ?? null,
    error: error?.es ?? null,
  }
  return EventosOperacion.escribir({ tipo: 'OperacionTerminada', data, atributos })
}
