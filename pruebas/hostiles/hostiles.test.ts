import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deEsquema } from './apoyo/generar.ts'
import { anteriores } from './avro/pares.ts'
import { juzgarCruda } from './http/juez.ts'
import { planesDelDocumento } from './http/peticiones.ts'
import { type Reglas, SIN_CIERRE, SIN_CODIGO, seEspera } from './ws/oraculo.ts'
import { cierreCon, OPCODE, type Trama, unaTrama } from './ws/tramas.ts'

const FIRMAS = { buenas: ['a'], operador: 'o', malas: ['m'] }

describe('lo que no se sabe generar se dice', () => {
  test('un tipo o un formato desconocidos', () => {
    assert.throws(() => deEsquema({ type: 'fecha' }), /no hay generador para el esquema/)
    assert.throws(() => deEsquema({ type: 'string', format: 'ipv9' }), /no hay generador para el formato/)
  })

  test('una ruta con un cuerpo que no es JSON, o con un camino sin declarar', () => {
    const conCuerpo = { post: { requestBody: { content: { 'text/csv': { schema: {} } } } } }
    assert.throws(() => planesDelDocumento({ paths: { '/x': conCuerpo } }, FIRMAS), /admite un cuerpo que no es JSON/)
    assert.throws(() => planesDelDocumento({ paths: { '/x/{id}': { get: {} } } }, FIRMAS), /no declara todo su camino/)
  })
})

test('una respuesta cruda mala se distingue de una buena', () => {
  assert.equal(juzgarCruda('HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n\r\n{}'), undefined)
  assert.equal(juzgarCruda(''), undefined)
  assert.equal(juzgarCruda('HTTP/1.1 400 Bad Request\r\n\r\n'), 'un 400 que no es problem+json')
  assert.equal(juzgarCruda('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 500 Mal\r\n\r\n'), 'un 500')
  assert.equal(juzgarCruda('hola'), 'algo que no es una respuesta HTTP')
})

describe('con qué código se espera que cierre un enchufe', () => {
  const calla: Reglas = { maximo: 10, atiende: () => undefined }
  const casos: readonly (readonly [nombre: string, tramas: readonly Trama[], codigo: number])[] = [
    ['sin máscara', [unaTrama(OPCODE.texto, 'x', { mascara: undefined })], 1002],
    ['con un bit reservado', [unaTrama(OPCODE.texto, 'x', { reservados: 4 })], 1002],
    ['una continuación sin principio', [unaTrama(OPCODE.sigue, 'x')], 1002],
    ['un ping en trozos', [unaTrama(OPCODE.ping, 'x', { fin: false })], 1002],
    [
      'UTF-8 partido entre trozos, bien',
      [unaTrama(OPCODE.texto, Buffer.from([0xc3]), { fin: false }), unaTrama(OPCODE.sigue, Buffer.from([0xa1]))],
      SIN_CIERRE,
    ],
    ['UTF-8 mal hecho', [unaTrama(OPCODE.texto, Buffer.from([0xc3, 0x28]))], 1007],
    ['más de lo que cabe, entre dos trozos', [unaTrama(OPCODE.texto, 'xxxxxx', { fin: false }), unaTrama(OPCODE.sigue, 'xxxxxx')], 1009],
    ['un cierre con un código que no existe', [cierreCon(1005)], 1002],
    ['un cierre vacío', [unaTrama(OPCODE.cierre, '')], SIN_CODIGO],
    ['un cierre bueno', [cierreCon(3000, 'adiós')], 3000],
  ]
  for (const [nombre, tramas, codigo] of casos) test(nombre, () => assert.deepEqual(seEspera(tramas, calla), [codigo]))
})

test('los esquemas anteriores son los que quedan al quitar lo anexado, con lo de dentro y sin ello', () => {
  const dentro = {
    type: 'record' as const,
    name: 'D',
    fields: [
      { name: 'x', type: 'long' },
      { name: 'y', type: 'long', default: null },
    ],
  }
  const esquema = {
    type: 'record' as const,
    name: 'R',
    fields: [
      { name: 'data', type: dentro },
      { name: 'id', type: 'string', default: null },
    ],
  }
  const nombres = anteriores(esquema).map(({ fields }) => fields.map(({ name, type }) => [name, JSON.stringify(type).includes('"y"')]))
  assert.deepEqual(nombres, [
    [
      ['data', false],
      ['id', false],
    ],
    [['data', true]],
    [['data', false]],
  ])
})
