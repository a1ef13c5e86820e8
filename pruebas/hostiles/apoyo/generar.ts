import fc from 'fast-check'
import { Ficha } from './aprendido.ts'

/** La parte de JSON Schema que usa el documento OpenAPI. */
export type Esquema = Readonly<{
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly Esquema[]
  properties?: Readonly<Record<string, Esquema>>
  required?: readonly string[]
  items?: Esquema
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
}>

const ENTRE_BUENOS = 40
const LISTA = 3

/** Textos que han roto a alguien. */
export const TEXTOS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '%',
  '%00',
  '%zz',
  '%c0%ae%c0%ae/',
  '../../../../etc/passwd',
  '..%2f..%2f',
  "' OR 1=1--",
  '"; DROP TABLE reservas; --',
  '$(id)',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'true',
  '-0',
  '-1',
  '1e999',
  '0x10',
  '9'.repeat(40),
  '9007199254740993',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u0000\ufeff',
  'ñÑáéíóú',
  '𝕏'.repeat(50),
  '👩‍👩‍👧‍👦',
  'e\u0301'.repeat(100),
  'İıſK',
  'a'.repeat(255),
  'a'.repeat(256),
  'a'.repeat(4_096),
  '2016-12-31T23:59:60Z',
  '+275760-09-13T00:00:00.001Z',
  '0000-00-00T00:00:00Z',
  'eyJhbGciOiJub25lIn0.e30.',
]

export const texto = (): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...TEXTOS), weight: 3 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 2 },
    { arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }), weight: 1 },
  )

/** Cualquier valor JSON, con claves que nadie espera. */
const cualquiera = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    { arbitrary: texto(), weight: 3 },
    { arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1e308, 2 ** 53, 1.5, [], {}, [[]], [null], { a: {} }), weight: 3 },
    { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 2 },
  )

const aprendido = (clase: string): fc.Arbitrary<unknown> => fc.nat(10_000).map((cual) => new Ficha(clase, cual))

const DIA_MS = 86_400_000
const dia = (): fc.Arbitrary<string> =>
  fc.integer({ min: -2, max: 380 }).map((dias) => new Date(Date.now() + dias * DIA_MS).toISOString().slice(0, 10))
const instante = (): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: 2_000 }).map((horas) => `${new Date(1_669_122_600_000 + horas * 3_600_000).toISOString().slice(0, 19)}Z`)
const aeropuerto = (): fc.Arbitrary<string> => fc.constantFrom('BOG', 'MDE', 'JFK', 'MIA', 'MAD', 'CLO', 'bog', 'XXX')

/** Lo que suele llamarse así, para que lo demás del pedido llegue a leerse. */
const POR_NOMBRE: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
  id: () => fc.oneof({ arbitrary: aprendido('id'), weight: 3 }, aprendido('operacion')),
  localizador: () => aprendido('localizador'),
  apellido: () => fc.oneof(fc.constant('Ríos'), aprendido('apellido')),
  token_pagina: () => aprendido('token_pagina'),
  id_oferta: () => aprendido('id_oferta'),
  topico: () => fc.oneof(fc.constantFrom('comandos-reserva', 'eventos-reserva'), aprendido('topico')),
  'idempotency-key': () => fc.oneof(aprendido('llave'), fc.uuid()),
  codigo: aeropuerto,
  origen: aeropuerto,
  destino: aeropuerto,
  origen_regreso: aeropuerto,
  destino_regreso: aeropuerto,
  fecha: dia,
  regreso: dia,
  q: () => fc.constantFrom('bog', 'é', 'new york', 'a', 'São'),
  adultos: () => fc.constantFrom('1', '2', '9', '10', '000'),
  menores: () => fc.constantFrom('0', '1', '8'),
  infantes: () => fc.constantFrom('0', '1', '3'),
}

const deTexto = (esquema: Esquema): fc.Arbitrary<unknown> => {
  const { pattern, format, minLength = 0, maxLength = 300 } = esquema
  if (format === 'date-time') return instante()
  if (format === 'email') return fc.emailAddress()
  if (format !== undefined) throw new Error(`no hay generador para el formato «${format}»`)
  if (pattern === '\\p{L}') return fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((uno) => `a${uno}`)
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, 60) }),
    fc.constantFrom('x'.repeat(minLength), 'x'.repeat(maxLength), 'x'.repeat(maxLength + 1)),
  )
}

const deObjeto = ({ properties = {}, required = [] }: Esquema): fc.Arbitrary<unknown> => {
  const campos = Object.fromEntries(Object.entries(properties).map(([nombre, interior]) => [nombre, deEsquema(interior, nombre)]))
  const bueno = fc.record(campos, { requiredKeys: [...required] })
  const deMas = fc.tuple(bueno, fc.dictionary(texto(), cualquiera(), { maxKeys: 3 })).map(([uno, otro]) => ({ ...otro, ...uno }))
  return fc.oneof({ arbitrary: bueno, weight: 9 }, { arbitrary: deMas, weight: 1 })
}

const bienHecho = (esquema: Esquema): fc.Arbitrary<unknown> => {
  if (esquema.enum !== undefined) return fc.constantFrom(...esquema.enum)
  if (esquema.const !== undefined) return fc.constant(esquema.const)
  if (esquema.anyOf !== undefined) return fc.oneof(...esquema.anyOf.map((uno) => deEsquema(uno)))
  if (esquema.type === 'string') return deTexto(esquema)
  if (esquema.type === 'object') return deObjeto(esquema)
  if (esquema.type === 'array') return fc.array(deEsquema(esquema.items ?? {}), { maxLength: LISTA })
  if (esquema.type === 'integer') return fc.oneof(fc.integer(), fc.maxSafeInteger())
  if (esquema.type === 'number') return fc.double()
  if (esquema.type === 'boolean') return fc.boolean()
  if (esquema.type === 'null') return fc.constant(null)
  throw new Error(`no hay generador para el esquema ${JSON.stringify(esquema).slice(0, 120)}`)
}

/** Valores que el esquema admite, salpicados de otros que no. Lanza si el esquema dice algo que aquí no se sabe generar. */
export const deEsquema = (esquema: Esquema, nombre = ''): fc.Arbitrary<unknown> => {
  const conocido = Object.hasOwn(POR_NOMBRE, nombre) && esquema.type === 'string' ? POR_NOMBRE[nombre]?.() : undefined
  const bueno = bienHecho(esquema)
  const casiSiempre = conocido === undefined ? bueno : fc.oneof({ arbitrary: conocido, weight: 5 }, { arbitrary: bueno, weight: 1 })
  return fc.oneof({ arbitrary: casiSiempre, weight: ENTRE_BUENOS }, { arbitrary: cualquiera(), weight: 1 })
}
