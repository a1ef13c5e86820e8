import type { Instante } from '../../dominio/instante.ts'
import type { MensajeRecibido, Propiedades } from '../broker/puerto.ts'
import { invariante } from './invariante.ts'
import type { Campos } from './registro.ts'

/** Lo que un mensaje dice de sí mismo. `causa` es el id de lo que lo provocó; `traza`, un traceparent de W3C. */
export type Atributos = Readonly<{
  id: string
  instante: Instante
  sujeto: string
  correlacion: string
  causa: string
  actor: string
  propietario: string
  traza?: string
}>

/** Los campos del sobre, en el orden en que el tutorial los declaró y nunca los envió (B42). */
export const CAMPOS_DEL_SOBRE = {
  id: 'string',
  time: 'long',
  ingestion: 'long',
  specversion: 'string',
  type: 'string',
  datacontenttype: 'string',
  service_name: 'string',
} as const satisfies Campos

/** El sobre que va en los bytes: repite las propiedades para quien sólo lee Avro. */
export type Sobre = Readonly<{
  id: string
  time: number
  ingestion: number
  specversion: string
  type: string
  datacontenttype: string
  service_name: string
}>

export const VERSION_CLOUDEVENTS = '1.0'
export const TIPO_DE_CONTENIDO = 'application/avro'

/** Los atributos de CloudEvents 1.0 y los propios, como propiedades del mensaje. */
export const propiedadesDe = (
  declarado: Readonly<{ tipo: string; fuente: string; dataschema: string }>,
  atributos: Atributos,
): Propiedades => ({
  specversion: VERSION_CLOUDEVENTS,
  id: atributos.id,
  source: declarado.fuente,
  type: declarado.tipo,
  subject: atributos.sujeto,
  time: new Date(atributos.instante).toISOString(),
  datacontenttype: TIPO_DE_CONTENIDO,
  dataschema: declarado.dataschema,
  correlationid: atributos.correlacion,
  causationid: atributos.causa,
  ...(atributos.traza !== undefined && { traceparent: atributos.traza }),
  actor: atributos.actor,
  propietario: atributos.propietario,
})

/** Lanza si el sobre no repite exactamente las propiedades: dos lectores del mismo mensaje verían dos mensajes distintos. */
export const exigirEspejo = (sobre: Sobre, propiedades: Propiedades): void => {
  const iguales =
    sobre.id === propiedades.id &&
    sobre.time === Date.parse(propiedades.time ?? '') &&
    sobre.specversion === propiedades.specversion &&
    sobre.type === propiedades.type &&
    sobre.datacontenttype === propiedades.datacontenttype &&
    sobre.service_name === propiedades.source
  if (!iguales) invariante(`el sobre de ${sobre.id} no es igual a sus propiedades`)
}

/** Lo que del sobre interesa al leer, si vino. */
export type SobreLeido = Readonly<{ id: string | null; time: number | null; type: string | null }>

/** El primero que es un instante de verdad: un long de Avro puede no caber en una fecha. */
const primerInstante = (...candidatos: readonly (number | null)[]): Instante | undefined =>
  candidatos.find((candidato): candidato is number => candidato !== null && Math.abs(candidato) <= 8.64e15)

/** Los atributos de un mensaje leído. Mandan las propiedades, luego el sobre; de un mensaje sin uno ni otras, lo que sabe el broker. */
export const atributosDe = (mensaje: MensajeRecibido, sobre: SobreLeido): Atributos => {
  const { propiedades } = mensaje
  const id = propiedades.id ?? sobre.id ?? mensaje.id
  const traza = propiedades.traceparent
  return {
    id,
    instante: primerInstante(Date.parse(propiedades.time ?? ''), sobre.time) ?? mensaje.instante,
    sujeto: propiedades.subject ?? mensaje.llave ?? '',
    correlacion: propiedades.correlationid ?? id,
    causa: propiedades.causationid ?? id,
    actor: propiedades.actor ?? '',
    propietario: propiedades.propietario ?? '',
    ...(traza !== undefined && { traza }),
  }
}
