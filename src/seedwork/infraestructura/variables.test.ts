import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leerVariables, puerto, texto, unoDe, VariablesInvalidas } from './variables.ts'

const esquema = { HOST: texto('127.0.0.1'), PUERTO: puerto(5000), MODO: unoDe('a', 'b') }

test('lo que falta, o está vacío, vale lo de siempre', () => {
  assert.deepEqual(leerVariables(esquema, { PUERTO: '' }), { HOST: '127.0.0.1', PUERTO: 5000, MODO: 'a' })
})

test('lee lo que se da y nada más', () => {
  assert.deepEqual(leerVariables(esquema, { HOST: '::1', PUERTO: '0', MODO: 'b', OTRA: 'x' }), { HOST: '::1', PUERTO: 0, MODO: 'b' })
})

test('dice todos los problemas de una vez, cada uno con lo que debe ser', () => {
  assert.throws(
    () => leerVariables(esquema, { PUERTO: '70000', MODO: 'c' }),
    (error) =>
      error instanceof VariablesInvalidas &&
      error.problemas.length === 2 &&
      /PUERTO=70000.*0 a 65535/.test(error.message) &&
      /MODO=c: debe ser a o b/.test(error.message),
  )
})
