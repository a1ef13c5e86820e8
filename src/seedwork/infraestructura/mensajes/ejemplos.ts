import type { Mensaje, MensajeRecibido, Propiedades } from '../broker/puerto.ts'
import type { EsquemasConocidos } from './lectura.ts'
import { lista, registro } from './registro.ts'
import { type Atributos, topico } from './topico.ts'

/** Sólo pruebas: los dos tópicos del tutorial, tal como sus clases los declaran, y los bytes que de verdad puso en ellos. */
export const ReservaCreadaPayload = registro('ReservaCreadaPayload', {
  id_reserva: 'string',
  id_cliente: 'string',
  estado: 'string',
  fecha_creacion: 'long',
})

export const eventosReserva = topico({
  nombre: 'eventos-reserva',
  record: 'EventoReservaCreada',
  version: 1,
  fuente: 'aeroalpes',
  data: ReservaCreadaPayload,
  tipos: { ReservaCreada: null, ReservaAprobada: null, ReservaPagada: null, ReservaCancelada: null },
  llave: ({ data }) => data.id_reserva,
})

const Leg = registro('LegDatos', { origen: 'string', destino: 'string', fecha_salida: 'long' })

export const comandosReserva = topico({
  nombre: 'comandos-reserva',
  record: 'ComandoCrearReserva',
  version: 1,
  fuente: 'aeroalpes',
  data: registro('ComandoCrearReservaPayload', { id_usuario: 'string' }),
  tipos: {
    CrearReserva: registro('CrearReservaDatos', { id_reserva: 'string', legs: lista(Leg) }),
    PagarReserva: registro('PagarReservaDatos', { id_reserva: 'string' }),
  },
  llave: ({ cuerpo }) => cuerpo.id_reserva,
})

/** Los que el tutorial declara, como los registró `pulsar.schema` 3.7.0. */
export const ESQUEMA_EVENTO_DEL_TUTORIAL =
  '{"type":"record","name":"EventoReservaCreada","fields":[{"name":"data","type":["null",{"type":"record","name":"ReservaCreadaPayload","fields":[' +
  '{"name":"id_reserva","type":["null","string"]},{"name":"id_cliente","type":["null","string"]},' +
  '{"name":"estado","type":["null","string"]},{"name":"fecha_creacion","type":["null","long"]}]}]}]}'

/** Tres mensajes grabados del tutorial sobre Pulsar 4.0.8, y el de seed-spec §7. */
export const BYTES_DEL_TUTORIAL = [
  '02024861643033633334662d363434382d343362322d383530652d36366430646133363266653402084e6f6e65021250454e4449454e544502c4eea4f5c068',
  '02024866333033663363302d326434382d343331632d626661362d66373061633466656334373402084e6f6e65021250454e4449454e544502c4eea4f5c068',
  '02024863316136616638652d363137362d343636642d393262392d35386136313262386461636202084e6f6e65021250454e4449454e544502c4eea4f5c068',
  '0202026102084e6f6e65021250454e4449454e54450202',
].map((hex) => Buffer.from(hex, 'hex'))

export const unosAtributos = (cambios: Partial<Atributos> = {}): Atributos => ({
  id: '0190163d-8694-739b-aea5-966c26f8ad91',
  instante: 1795419315106,
  sujeto: 'ad03c34f-6448-43b2-850e-66d0da362fe4',
  correlacion: 'correlacion-1',
  causa: 'causa-1',
  actor: 'actor-1',
  propietario: 'propietario-1',
  ...cambios,
})

export const unEvento = (): Mensaje =>
  eventosReserva.escribir({
    tipo: 'ReservaAprobada',
    data: { id_reserva: 'ad03c34f-6448-43b2-850e-66d0da362fe4', id_cliente: 'None', estado: 'APROBADA', fecha_creacion: 1795419315106 },
    atributos: unosAtributos(),
  })

export const unComando = (): Mensaje =>
  comandosReserva.escribir({
    tipo: 'CrearReserva',
    data: { id_usuario: 'None' },
    cuerpo: { id_reserva: 'r-1', legs: [{ origen: 'BOG', destino: 'MDE', fecha_salida: 1669122600000 }] },
    atributos: unosAtributos({ sujeto: 'r-1' }),
  })

export const recibido = (mensaje: Mensaje): MensajeRecibido => ({ ...mensaje, posicion: '1', instante: 1795419315200 })

/** Bytes sueltos en un tópico, como los deja quien no es de esta casa. */
export const bytesRecibidos = (datos: Uint8Array, propiedades: Propiedades = {}): MensajeRecibido =>
  recibido({ topico: 'eventos-reserva', id: 'id-del-broker', llave: null, datos, propiedades })

export const sinEsquemas: EsquemasConocidos = { porDataschema: () => undefined }
