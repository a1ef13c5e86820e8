import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compararPosiciones } from './posiciones.ts'

const signo = (una: string, otra: string): number => Math.sign(compararPosiciones(una, otra) ?? Number.NaN)

test('las posiciones de una historia se ordenan por sus números, no por su texto', () => {
  assert.equal(signo('ab12.9', 'ab12.10'), -1)
  assert.equal(signo('ab12.10', 'ab12.9'), 1)
  assert.equal(signo('ab12.10', 'ab12.10'), 0)
  assert.equal(signo('ab12.7.3', 'ab12.7.12'), -1)
  assert.equal(signo('ab12.7', 'ab12.7.0'), -1)
  assert.equal(signo('ab12.8', 'ab12.7.5'), 1)
})

test('las de historias distintas, o que no lo son, no se comparan', () => {
  for (const [una, otra] of [
    ['a.1', 'b.1'],
    ['a.x', 'a.1'],
    ['', 'a.1'],
  ] as const)
    assert.equal(compararPosiciones(una, otra), undefined)
})
