import { createHash } from 'node:crypto'
import avro, { type Type } from 'avsc'
import type { EsquemaRecord } from './esquema_avro.ts'
import { anexado, type Emision, esquemaRecord, opcional, type RegistroCualquiera } from './registro.ts'
import { CAMPOS_DEL_SOBRE } from './sobre.ts'

/** Los tipos de mensaje de un tópico: cada uno con su propio registro o, con null, sólo con `data`. */
export type Tipos = Readonly<{ [tipo: string]: RegistroCualquiera | null }>

type Partes = Readonly<{ record: string; data: RegistroCualquiera; tipos: Tipos }>

/** `CrearReserva` -> `crear_reserva`: el campo del record en que va lo propio de ese tipo. */
export const campoDeTipo = (tipo: string): string => tipo.replace(/(?<!^)[A-Z]/g, (letra) => `_${letra}`).toLowerCase()

const emision = (conAnexados: boolean): Emision => ({ conAnexados, definidos: new Map() })

/** El único record del tópico: `data`, el sobre y el registro propio de cada tipo que lo tenga. Sólo `data` no tiene valor por defecto. */
export const esquemaDelTopico = ({ record, data, tipos }: Partes): EsquemaRecord => {
  const toda = emision(true)
  const propios = Object.entries(tipos).flatMap(([tipo, propio]) => (propio === null ? [] : [[campoDeTipo(tipo), propio] as const]))
  return esquemaRecord(record, [
    opcional('data', data, toda),
    ...Object.entries(CAMPOS_DEL_SOBRE).map(([nombre, campo]) => anexado(nombre, campo, toda)),
    ...propios.map(([nombre, propio]) => anexado(nombre, propio, toda)),
  ])
}

/** El record de un solo campo que el tutorial pone en el tópico: `data` con sus campos originales y nada más. */
export const esquemaDelTutorial = ({ record, data }: Omit<Partes, 'tipos'>): EsquemaRecord =>
  esquemaRecord(record, [opcional('data', data, emision(false))])

/** Nombra el tópico, la versión de su contrato y este esquema exacto: dos esquemas distintos nunca comparten nombre. */
export const nombreDeEsquema = (
  declarado: Readonly<{ fuente: string; nombre: string; version: number; esquema: EsquemaRecord }>,
): string => {
  const huella = createHash('sha256').update(JSON.stringify(declarado.esquema)).digest('hex').slice(0, 16)
  return `urn:${declarado.fuente}:esquema:${declarado.nombre}:v${declarado.version}:${huella}`
}

/** Que lo leído sean objetos planos y no instancias de la clase que avsc genera para cada record. */
const aplanar = (tipo: Type, vistos: Set<Type>): void => {
  if (vistos.has(tipo)) return
  vistos.add(tipo)
  if (tipo instanceof avro.types.RecordType) {
    tipo.recordConstructor.prototype = Object.prototype
    for (const campo of tipo.fields) aplanar(campo.type, vistos)
  }
  if (tipo instanceof avro.types.UnwrappedUnionType) for (const rama of tipo.types) aplanar(rama, vistos)
  if (tipo instanceof avro.types.ArrayType) aplanar(tipo.itemsType, vistos)
}

/** El codificador de avsc para `esquema`. Generarlo es caro: una vez por esquema. */
export const compilarTipo = (esquema: EsquemaRecord): Type => {
  // avsc declara mutables los esquemas que recibe, pero no los cambia
  const tipo = avro.Type.forSchema(structuredClone(esquema) as unknown as Parameters<typeof Type.forSchema>[0], {
    omitRecordMethods: true,
    wrapUnions: 'never',
  })
  aplanar(tipo, new Set())
  return tipo
}
