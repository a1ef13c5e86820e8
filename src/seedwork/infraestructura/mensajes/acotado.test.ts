import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import avro from 'avsc'
import fc from 'fast-check'
import { comprobarAcotado, LIMITES, type Limites } from './acotado.ts'
import {
  BYTES_DEL_TUTORIAL,
  comandosReserva,
  ESQUEMA_EVENTO_DEL_TUTORIAL,
  eventosReserva,
  recibido,
  sinEsquemas,
  unComando,
  unEvento,
} from './ejemplos.ts'
import type { EsquemaAvro } from './esquema_avro.ts'
import { MensajeIndescifrable } from './indescifrable.ts'

type Compuesto = Exclude<EsquemaAvro, string>
const rec = (type: EsquemaAvro): Compuesto => ({ type: 'record', name: 'R', fields: [{ name: 'a', type }] })
const arr = (items: EsquemaAvro): Compuesto => ({ type: 'array', items })
const deHex = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const codificar = (esquema: EsquemaAvro, valor: unknown): Buffer => avro.Type.forSchema(JSON.parse(JSON.stringify(esquema))).toBuffer(valor)

const rechazado = (esquema: Compuesto, bytes: Uint8Array | string, motivo: RegExp, limites: Limites = LIMITES): void => {
  const datos = typeof bytes === 'string' ? deHex(bytes) : bytes
  assert.throws(
    () => comprobarAcotado(esquema, datos, limites),
    (error) =>
      error instanceof MensajeIndescifrable &&
      error.codigo === 'mensaje_indescifrable' &&
      error.clase === 'invalido' &&
      motivo.test(error.message),
  )
}
const aceptado = (esquema: Compuesto, bytes: Uint8Array | string): void =>
  comprobarAcotado(esquema, typeof bytes === 'string' ? deHex(bytes) : bytes)

test('los bytes del tutorial y los nuestros pasan', () => {
  const tutorial = JSON.parse(ESQUEMA_EVENTO_DEL_TUTORIAL) as Compuesto
  for (const bytes of BYTES_DEL_TUTORIAL) aceptado(tutorial, bytes)
  aceptado(eventosReserva.esquema, unEvento().datos)
  aceptado(comandosReserva.esquema, unComando().datos)
})

test('la bomba de seis bytes, un array<null> de cientos de millones, se rechaza sin recorrerla', () => {
  const antes = process.hrtime.bigint()
  rechazado(arr('null'), '80 80 80 80 08 00', /demasiados elementos/)
  rechazado(arr('null'), 'ff ff ff ff 0f 00', /demasiados elementos/)
  rechazado(arr({ type: 'record', name: 'Vacio', fields: [] }), '80 80 80 80 08 00', /demasiados elementos/)
  assert.ok(process.hrtime.bigint() - antes < 50_000_000n)
})

test('los elementos se cuentan por colección y en total, en uno o en muchos bloques', () => {
  const unBloque = (cuantos: number): Buffer => codificar(arr('null'), Array(cuantos).fill(null))
  aceptado(arr('null'), unBloque(1_000))
  rechazado(arr('null'), unBloque(1_001), /una colección tiene demasiados elementos/)
  rechazado(arr('null'), Buffer.concat([...Array(1_001).fill(deHex('02')), deHex('00')]), /una colección tiene demasiados elementos/)
  const listas = (cuantas: number): Buffer => codificar(arr(arr('null')), Array(cuantas).fill(Array(999).fill(null)))
  aceptado(arr(arr('null')), listas(10))
  rechazado(arr(arr('null')), listas(11), /tiene demasiados elementos/)
})

test('un bloque de cuenta negativa vale si dice su tamaño verdadero', () => {
  aceptado(arr('int'), '03 04 02 04 00')
  rechazado(arr('int'), '03 06 02 04 00', /miente sobre su tamaño/)
  rechazado(arr('int'), '03 03 02 04 00', /miente sobre su tamaño/)
})

test('un entero de más bytes, desbordado o cortado se rechaza', () => {
  aceptado(rec('long'), '00')
  rechazado(rec('long'), '80 00', /bytes de más/)
  rechazado(rec('long'), '82 80 80 00', /bytes de más/)
  rechazado(rec('long'), 'ff ff ff ff ff ff ff ff ff 01', /se desborda/)
  rechazado(rec('long'), 'ff ff ff ff ff ff ff ff ff ff ff ff ff 01', /se desborda/)
  rechazado(rec('long'), 'ff', /truncado/)
  rechazado(rec('int'), codificar('long', 2 ** 31), /32 bits/)
  aceptado(rec('int'), codificar('long', -(2 ** 31)))
  aceptado(rec('long'), codificar('long', 2 ** 53 - 2))
  aceptado(rec('long'), codificar('long', -(2 ** 52)))
})

test('una unión sólo nombra ramas que existen y un lógico es 0 o 1', () => {
  for (const indice of ['04', '01', 'fe ff ff ff 0f']) rechazado(rec(['null', 'int']), indice, /rama que no existe/)
  rechazado(rec('boolean'), '02', /ni 0 ni 1/)
})

test('un texto negativo, enorme, cortado o que no es UTF-8 se rechaza', () => {
  rechazado(rec('string'), '01', /largo es negativo/)
  rechazado(rec('string'), codificar('string', 'x'.repeat(LIMITES.texto + 1)), /demasiado largo/)
  aceptado(rec('string'), codificar('string', 'ñ'.repeat(LIMITES.texto / 2)))
  rechazado(rec('string'), '06 61 62', /truncado/)
  rechazado(rec('string'), '04 c3 28', /no es UTF-8/)
})

test('lo truncado y lo que sobra se rechaza', () => {
  const { datos } = unEvento()
  for (let fin = 0; fin < datos.length; fin += 1) rechazado(eventosReserva.esquema, datos.subarray(0, fin), /truncado/)
  rechazado(eventosReserva.esquema, Buffer.concat([datos, deHex('00')]), /sobran bytes/)
  rechazado(rec('double'), '00 00 00', /truncado/)
  rechazado(rec('string'), Buffer.alloc(LIMITES.bytes + 1), /demasiado grande/)
})

test('el anidamiento tiene fondo, también en un esquema que se nombra a sí mismo', () => {
  const nodo: Compuesto = { type: 'record', name: 'Nodo', fields: [{ name: 'otro', type: ['null', 'Nodo'] }] }
  aceptado(nodo, `${'02'.repeat(19)}00`)
  rechazado(nodo, `${'02'.repeat(20)}00`, /demasiado anidado/)
  rechazado(nodo, '02'.repeat(200_000), /demasiado anidado/)
})

test('un mapa no lleva claves que alcancen el prototipo', () => {
  const mapa = rec({ type: 'map', values: 'int' })
  const conClave = (clave: string): Buffer => Buffer.concat([deHex('02'), codificar('string', clave), deHex('02 00')])
  for (const clave of ['__proto__', 'constructor', 'prototype']) rechazado(mapa, conClave(clave), /clave prohibida/)
  for (const clave of ['proto', '', 'constructores', 'x__proto__']) aceptado(mapa, conClave(clave))
})

const leer = (datos: Uint8Array): unknown => eventosReserva.leer(recibido({ ...unEvento(), datos }), sinEsquemas)
const leerComando = (datos: Uint8Array): unknown => comandosReserva.leer(recibido({ ...unComando(), datos }), sinEsquemas)

/** O se lee, o se rechaza con su error y ningún otro. */
const nuncaRevienta = (que: () => unknown): void => {
  try {
    que()
  } catch (error) {
    assert.ok(error instanceof MensajeIndescifrable, String(error))
  }
}

test('bytes al azar nunca revientan ni tocan Object.prototype', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      nuncaRevienta(() => leer(bytes))
      nuncaRevienta(() => leerComando(bytes))
    }),
    { numRuns: 3_000 },
  )
  const nuevo: string[] = runInNewContext('Object.getOwnPropertyNames(Object.prototype)')
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), [...nuevo])
})

const mutacion = (original: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .array(fc.tuple(fc.nat(original.length - 1), fc.constantFrom('cambiar', 'quitar', 'poner'), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    })
    .map((cambios) => {
      const bytes = [...original]
      for (const [donde, como, octeto] of cambios) bytes.splice(donde, como === 'poner' ? 0 : 1, ...(como === 'quitar' ? [] : [octeto]))
      return Uint8Array.from(bytes)
    })

test('mensajes válidos estropeados nunca revientan', () => {
  fc.assert(
    fc.property(mutacion(unEvento().datos), (bytes) => nuncaRevienta(() => leer(bytes))),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(mutacion(unComando().datos), (bytes) => nuncaRevienta(() => leerComando(bytes))),
    { numRuns: 2_000 },
  )
})

test('lo que pasa se decodifica y vuelve a codificarse en un valor igual', () => {
  const esquema = rec({ type: 'map', values: ['null', 'long', 'string', arr(['null', 'double', 'boolean', 'bytes'])] })
  const tipo = avro.Type.forSchema(JSON.parse(JSON.stringify(esquema)))
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 40 }), mutacion(codificar(esquema, { a: { x: 1, y: 'ñ', z: [1.5, true, Buffer.from('b')] } }))),
      (bytes) => {
        try {
          comprobarAcotado(esquema, bytes)
        } catch {
          return
        }
        const valor = tipo.fromBuffer(Buffer.from(bytes))
        assert.deepEqual(tipo.fromBuffer(tipo.toBuffer(valor)), valor)
      },
    ),
    { numRuns: 3_000 },
  )
})
