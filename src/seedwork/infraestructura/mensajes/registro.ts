import type { CampoAvro, EsquemaAvro, EsquemaRecord } from './esquema_avro.ts'
import { invariante } from './invariante.ts'

type ValorPrimitivo = { string: string; int: number; long: number; double: number; boolean: boolean }

export type Campo = keyof ValorPrimitivo | Lista<Campo> | RegistroCualquiera
export type Campos = Readonly<{ [nombre: string]: Campo }>

export interface Lista<C> {
  readonly clase: 'lista'
  readonly de: C
}

/** Un record de Avro: sus campos originales, sin valor por defecto, y los que se le anexaron después, con null por defecto. */
export interface Registro<O, A> {
  readonly clase: 'registro'
  readonly nombre: string
  readonly campos: O
  readonly anexados: A
}
export type RegistroCualquiera = Registro<Campos, Campos>

type ValorDe<C> = C extends keyof ValorPrimitivo ? ValorPrimitivo[C] : C extends Lista<infer D> ? readonly ValorDe<D>[] : DatosDe<C>

/** El valor de un registro: todo campo puede ser null, como en Avro; los anexados pueden faltar al escribir y llegan siempre al leer. */
export type DatosDe<R> =
  R extends Registro<infer O, infer A>
    ? { readonly [K in keyof O]: ValorDe<O[K]> | null } & { readonly [K in keyof A]?: ValorDe<A[K]> | null }
    : never

type Ninguno = Readonly<Record<never, never>>

const exigirNombre = (nombre: string): void => {
  if (!/^[a-z][a-z0-9_]*$/.test(nombre) || nombre in Object.prototype) invariante(`«${nombre}» no sirve de nombre de campo`)
}

/** Declara un record de Avro y, con él, el tipo de sus valores (`DatosDe<typeof r>`). Crece sólo por `anexados`, al final. */
export const registro = <const O extends Campos, const A extends Campos = Ninguno>(
  nombre: string,
  campos: O,
  anexados?: A,
): Registro<O, A> => {
  for (const campo of [...Object.keys(campos), ...Object.keys(anexados ?? {})]) exigirNombre(campo)
  return { clase: 'registro', nombre, campos, anexados: anexados ?? ({} as A) }
}

/** Una lista de `de`; sus elementos nunca son null. */
export const lista = <const C extends Campo>(de: C): Lista<C> => ({ clase: 'lista', de })

/** Cómo se emite: con los campos anexados o como era al principio; y los registros ya definidos, que se repiten por su nombre. */
export type Emision = Readonly<{ conAnexados: boolean; definidos: Map<string, RegistroCualquiera> }>

const avroDeCampo = (campo: Campo, emision: Emision): EsquemaAvro => {
  if (typeof campo === 'string') return campo
  return campo.clase === 'lista' ? { type: 'array', items: avroDeCampo(campo.de, emision) } : avroDeRegistro(campo, emision)
}

/** Un campo que puede ser null: `["null", T]`, sin valor por defecto. */
export const opcional = (name: string, campo: Campo, emision: Emision): CampoAvro => ({ name, type: ['null', avroDeCampo(campo, emision)] })

/** Un campo anexado: `["null", T]` con null por defecto. */
export const anexado = (name: string, campo: Campo, emision: Emision): CampoAvro => ({ ...opcional(name, campo, emision), default: null })

const camposAvro = ({ campos, anexados }: RegistroCualquiera, emision: Emision): CampoAvro[] => [
  ...Object.entries(campos).map(([nombre, campo]) => opcional(nombre, campo, emision)),
  ...(emision.conAnexados ? Object.entries(anexados).map(([nombre, campo]) => anexado(nombre, campo, emision)) : []),
]

const avroDeRegistro = (declarado: RegistroCualquiera, emision: Emision): EsquemaAvro => {
  const previo = emision.definidos.get(declarado.nombre)
  if (previo === declarado) return declarado.nombre
  if (previo) invariante(`hay dos registros distintos llamados «${declarado.nombre}»`)
  emision.definidos.set(declarado.nombre, declarado)
  return esquemaRecord(declarado.nombre, camposAvro(declarado, emision))
}

/** Las llaves en el orden en que las emite `pulsar.schema`. */
export const esquemaRecord = (name: string, fields: readonly CampoAvro[]): EsquemaRecord => ({ type: 'record', name, fields })

/** El esquema Avro de un registro solo. */
export const esquemaDe = (declarado: RegistroCualquiera): EsquemaAvro =>
  avroDeRegistro(declarado, { conAnexados: true, definidos: new Map() })
