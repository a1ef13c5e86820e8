import { registro } from 'seedwork/infraestructura/mensajes/registro.ts'
import { topico } from 'seedwork/infraestructura/mensajes/topico.ts'

/** Los cuatro eventos comparten el record del tutorial; `type` los distingue y `estado` es el que queda después de cada uno. */
export const EventosReserva = topico({
  nombre: 'eventos-reserva',
  record: 'EventoReservaCreada',
  version: 1,
  fuente: 'aeroalpes',
  data: registro(
    'ReservaCreadaPayload',
    { id_reserva: 'string', id_cliente: 'string', estado: 'string', fecha_creacion: 'long' },
    { version: 'long', fecha_actualizacion: 'long', motivo: 'string', de_oferta: 'boolean' },
  ),
  tipos: { ReservaCreada: null, ReservaAprobada: null, ReservaPagada: null, ReservaCancelada: null },
  llave: ({ data }) => data.id_reserva,
})
