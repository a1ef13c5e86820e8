import assert from 'node:assert/strict'
import { test } from 'node:test'
import { caidasDe } from './razones.ts'

const visto = (maximo: number) => ({ mediana: maximo / 2, minimo: 0, maximo })

test('una razón cae si ni su mejor ronda llega a tres cuartos de lo que fue', () => {
  assert.deepEqual(caidasDe({ a: 0.8 }, { a: visto(0.61) }), [])
  assert.deepEqual(caidasDe({ a: 0.8 }, { a: visto(0.59) }), ['a: 0.59 en la mejor ronda, y era 0.80'])
})

test('una razón guardada que ya no se mide también cae', () => assert.deepEqual(caidasDe({ a: 0.8 }, {}), ['a: no se midió']))
