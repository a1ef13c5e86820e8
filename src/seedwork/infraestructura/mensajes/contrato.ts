import type { MensajeRecibido } from '../broker/puerto.ts'
import type { CampoAvro, EsquemaAvro, EsquemaRecord } from './esquema_avro.ts'
import { compilarTipo } from './esquema_topico.ts'
import { MensajeIndescifrable } from './indescifrable.ts'
import { type EsquemasConocidos, lectorDe } from './lectura.ts'
import { type Atributos, atributosDe, type SobreLeido } from './sobre.ts'

/** Lo que otro servicio publica sobre un tópico suyo, tal como sale de `contratos/`. `V` es el tipo del mensaje leído y `T` sus tipos. */
export type Contrato<V, T extends string> = Readonly<{
  nombre: string
  dataschema: string
  tipos: readonly T[]
  esquema: EsquemaRecord
  /** Sólo para el compilador. */
  _valor?: V | undefined
}>

/** Un mensaje de un tópico ajeno. `valor.data` nunca es null. */
export type MensajeDeContrato<V, T extends string> = Readonly<{ tipo: T; valor: ConData<V>; atributos: Atributos }>
type ConData<V> = V extends { readonly data: infer D } ? Omit<V, 'data'> & Readonly<{ data: NonNullable<D> }> : V

const indescifrable = (es: string, en: string): never => {
  throw new MensajeIndescifrable({ es, en })
}

/** El record de un solo campo que el tutorial ponía en el tópico: de `data`, lo que no se le anexó después. */
const comoElTutorial = ({ name, fields }: EsquemaRecord): EsquemaRecord => ({
  type: 'record',
  name,
  fields: fields.slice(0, 1).map((campo) => ({ ...campo, type: sinAnexados(campo.type) })),
})

const sinAnexados = (tipo: EsquemaAvro): EsquemaAvro => {
  if (typeof tipo === 'string') return tipo
  if (!('type' in tipo)) return tipo.map(sinAnexados)
  return tipo.type === 'record' ? { ...tipo, fields: tipo.fields.filter(esOriginal) } : tipo
}

const esOriginal = (campo: CampoAvro): boolean => campo.default === undefined

/**
 * Lee los mensajes de un tópico ajeno con el contrato generado, se escribieran con el esquema que se escribieran. El esquema propio del
 * contrato no hace falta que esté registrado. Lanza `MensajeIndescifrable` y nada más.
 */
export const lectorDeContrato = <V, T extends string>(
  contrato: Contrato<V, T>,
): ((mensaje: MensajeRecibido, esquemas: EsquemasConocidos) => MensajeDeContrato<V, T>) => {
  const { nombre: topico, dataschema, esquema, tipos } = contrato
  const decodificar = lectorDe({ topico, dataschema, esquema, tipo: compilarTipo(esquema), tutorial: comoElTutorial(esquema) })
  return (mensaje, esquemas) => {
    const valor = decodificar(mensaje, esquemas) as SobreLeido & Readonly<{ data: unknown }>
    const dicho = mensaje.propiedades.type ?? valor.type ?? tipos[0]
    const tipo =
      tipos.find((uno) => uno === dicho) ?? indescifrable(`nadie declaró el tipo «${dicho}»`, `nobody declared the type "${dicho}"`)
    if (valor.data === null) indescifrable('no trae datos', 'it carries no data')
    return { tipo, valor: valor as unknown as ConData<V>, atributos: atributosDe(mensaje, valor) }
  }
}
