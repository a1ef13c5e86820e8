import { suscripciones, topicos } from 'aeroalpes-api/sistema.ts'
import { topicoDeApartados } from 'seedwork/infraestructura/broker/puerto.ts'
import { propiedadesDe, TIPO_DE_CONTENIDO } from 'seedwork/infraestructura/mensajes/sobre.ts'
import type { TopicoDeclarado } from 'seedwork/infraestructura/mensajes/topico.ts'

const FORMATO_AVRO = 'application/vnd.apache.avro+json;version=1.9.0'
/** Las propiedades que valen lo mismo en todos los mensajes de un tipo. */
const FIJAS: readonly string[] = ['specversion', 'source', 'type', 'datacontenttype', 'dataschema']
const OPCIONALES: readonly string[] = ['traceparent']

const referencia = (...camino: readonly string[]) => ({ $ref: `#/${camino.join('/')}` })

/** El esquema de las propiedades de un mensaje: las que `propiedadesDe` escribe de verdad. */
const propiedades = (tipo: string, { fuente, dataschema }: TopicoDeclarado) => {
  const vacios = { id: '', instante: 0, sujeto: '', correlacion: '', causa: '', actor: '', propietario: '', traza: '' }
  const valores = Object.entries(propiedadesDe({ tipo, fuente, dataschema }, vacios))
  return {
    type: 'object',
    required: valores.map(([nombre]) => nombre).filter((nombre) => !OPCIONALES.includes(nombre)),
    properties: Object.fromEntries(
      valores.map(([nombre, valor]) => [nombre, FIJAS.includes(nombre) ? { type: 'string', const: valor } : { type: 'string' }]),
    ),
  }
}

const mensaje = (tipo: string, topico: TopicoDeclarado) => ({
  name: tipo,
  contentType: TIPO_DE_CONTENIDO,
  correlationId: { location: '$message.header#/correlationid' },
  headers: propiedades(tipo, topico),
  payload: referencia('components', 'schemas', topico.record),
})

const tiposDe = ({ tipos }: TopicoDeclarado): readonly string[] => Object.keys(tipos)

const canal = (topico: TopicoDeclarado) => ({
  address: topico.nombre,
  messages: Object.fromEntries(tiposDe(topico).map((tipo) => [tipo, referencia('components', 'messages', tipo)])),
})

const envio = (topico: TopicoDeclarado) => [
  `publicar-${topico.nombre}`,
  {
    action: 'send',
    channel: referencia('channels', topico.nombre),
    messages: tiposDe(topico).map((tipo) => referencia('channels', topico.nombre, 'messages', tipo)),
  },
]

const recepcion = ({ topico, nombre, tipo }: (typeof suscripciones)[keyof typeof suscripciones]) => [
  nombre,
  {
    action: 'receive',
    channel: referencia('channels', topico),
    'x-suscripcion': { tipo, apartados: topicoDeApartados(topico, nombre) },
  },
]

/** AsyncAPI 3.0 de lo que este servicio publica y consume, sacado de sus tablas de tópicos y suscripciones. */
export const asyncapi = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'AeroAlpes',
    version: '1.0.0',
    description: 'Los eventos y comandos que viajan por el broker: cuerpo Avro y, como propiedades, los atributos de CloudEvents 1.0.',
  },
  defaultContentType: TIPO_DE_CONTENIDO,
  channels: Object.fromEntries(topicos.map((topico) => [topico.nombre, canal(topico)])),
  operations: Object.fromEntries([...topicos.map(envio), ...Object.values(suscripciones).map(recepcion)]),
  components: {
    messages: Object.fromEntries(topicos.flatMap((topico) => tiposDe(topico).map((tipo) => [tipo, mensaje(tipo, topico)]))),
    schemas: Object.fromEntries(topicos.map(({ record, esquema }) => [record, { schemaFormat: FORMATO_AVRO, schema: esquema }])),
  },
})
