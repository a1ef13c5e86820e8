import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ErrorDominio } from '../dominio/errores.ts'
import { leerJson } from './json_acotado.ts'

const anidado = (niveles: number): string => '['.repeat(niveles) + ']'.repeat(niveles)
const lista = (elementos: number): string => `[${Array(elementos).fill(0).join(',')}]`

const fallo = (texto: string): Readonly<{ codigo: string; punteros: string[] }> => {
  try {
    leerJson(texto)
  } catch (error) {
    assert.ok(error instanceof ErrorDominio)
    return { codigo: error.codigo, punteros: error.errores.map(({ puntero }) => puntero) }
  }
  throw new Error(`se aceptó ${texto.slice(0, 60)}`)
}

test('un cuerpo dentro de los límites se lee tal cual', () => {
  assert.deepEqual(leerJson('{"a":[1,{"b":null}],"c":"ñ\\u0041"}'), { a: [1, { b: null }], c: 'ñA' })
})

test('cualquier valor pequeño da lo mismo que JSON.parse', () => {
  const valor = fc.jsonValue({ maxDepth: 5 }).filter((uno) => !/\\u0000|\\ud|__proto__|constructor|prototype/.test(JSON.stringify(uno)))
  fc.assert(
    fc.property(valor, (uno) => assert.deepEqual(leerJson(JSON.stringify(uno)), JSON.parse(JSON.stringify(uno)))),
    { numRuns: 200 },
  )
})

test('lo que no es JSON se distingue de lo que no llegó', () => {
  for (const malo of ['{', '{"a":1,}', "{'a':1}", 'NaN', '[1]x', '\u00a0{}', '\ufeff\ufeff{}'])
    assert.equal(fallo(malo).codigo, 'json_mal_formado', malo)
  for (const vacio of ['', '  \n', '\ufeff']) assert.equal(fallo(vacio).codigo, 'cuerpo_vacio')
})

test('una marca de orden de bytes inicial se ignora', () => {
  assert.deepEqual(leerJson('\ufeff{"a":1}'), { a: 1 })
})

test('veinte niveles caben y veintiuno no', () => {
  leerJson(anidado(20))
  assert.deepEqual(fallo(anidado(21)), { codigo: 'json_demasiado_profundo', punteros: ['/0'.repeat(20)] })
  assert.equal(fallo(`${'{"a":'.repeat(21)}1${'}'.repeat(21)}`).codigo, 'json_demasiado_profundo')
})

test('un anidamiento que llena el cuerpo entero no agota la pila', () => {
  assert.equal(fallo(anidado(32_768)).codigo, 'json_demasiado_profundo')
})

test('mil elementos caben y mil uno no, esté donde esté la lista', () => {
  leerJson(lista(1_000))
  assert.deepEqual(fallo(`{"a":[0,{"b/c":${lista(1_001)}}]}`), { codigo: 'lista_demasiado_larga', punteros: ['/a/1/b~1c'] })
})

test('los nombres que llevan al prototipo se rechazan, también escapados, y el prototipo queda intacto', () => {
  for (const clave of ['__proto__', 'constructor', 'prototype', '\\u005f\\u005fproto__', 'construct\\u006fr']) {
    assert.equal(fallo(`{"a":{"${clave}":{"intruso":1}}}`).codigo, 'clave_prohibida', clave)
  }
  assert.deepEqual(fallo('{"a":{"\\u005f\\u005fproto__":{"intruso":1}}}').punteros, ['/a/__proto__'])
  assert.equal(({} as { intruso?: unknown }).intruso, undefined)
})

test('esos nombres como valores no estorban', () => {
  assert.deepEqual(leerJson('["__proto__","constructor"]'), ['__proto__', 'constructor'])
})

test('un nulo o medio carácter no se puede guardar y se dice dónde', () => {
  assert.deepEqual(fallo('{"a":"x\\u0000"}'), { codigo: 'texto_mal_formado', punteros: ['/a'] })
  assert.deepEqual(fallo('["\\ud83d"]'), { codigo: 'texto_mal_formado', punteros: ['/0'] })
  assert.deepEqual(leerJson('"\\ud83d\\ude00"'), '😀')
})

test('de una clave repetida vale la última', () => {
  assert.deepEqual(leerJson('{"a":1,"a":2}'), { a: 2 })
})

test('el puntero de una clave desmedida se recorta', () => {
  const [puntero = ''] = fallo(`{"${'k'.repeat(60_000)}":${lista(1_001)}}`).punteros
  assert.ok(puntero.length < 100)
})
