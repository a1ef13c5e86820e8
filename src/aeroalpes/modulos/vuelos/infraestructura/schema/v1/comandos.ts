import { lista, registro } from 'seedwork/infraestructura/mensajes/registro.ts'
import { topico } from 'seedwork/infraestructura/mensajes/topico.ts'

const Aeropuerto = registro('AeropuertoDatos', { codigo: 'string', nombre: 'string' })
const Leg = registro('LegDatos', { fecha_salida: 'long', fecha_llegada: 'long', origen: Aeropuerto, destino: Aeropuerto })
const Segmento = registro('SegmentoDatos', { legs: lista(Leg) })
const Odo = registro('OdoDatos', { segmentos: lista(Segmento) })
const Itinerario = registro('ItinerarioDatos', { odos: lista(Odo) })
const Pasajero = registro('PasajeroDatos', { nombre: 'string', tipo: 'string', clase: 'string' }, { apellido: 'string' })
const Contacto = registro('ContactoDatos', { nombre: 'string', correo: 'string', idioma: 'string' })

/** `data` es lo que el tutorial enviaba; lo propio de cada comando va en un campo anexado con su nombre. */
export const ComandosReserva = topico({
  nombre: 'comandos-reserva',
  record: 'ComandoCrearReserva',
  version: 1,
  fuente: 'aeroalpes',
  data: registro('ComandoCrearReservaPayload', { id_usuario: 'string' }),
  tipos: {
    CrearReserva: registro(
      'CrearReservaDatos',
      { id_reserva: 'string', itinerarios: lista(Itinerario), pasajeros: lista(Pasajero) },
      { id_oferta: 'string', contacto: Contacto },
    ),
    AprobarReserva: registro('AprobarReservaDatos', { id_reserva: 'string' }),
    PagarReserva: registro('PagarReservaDatos', { id_reserva: 'string' }),
    CancelarReserva: registro('CancelarReservaDatos', { id_reserva: 'string', motivo: 'string' }),
  },
  llave: ({ cuerpo }) => cuerpo.id_reserva,
})
