import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Especificacion, no, o, y } from './especificacion.ts'

const par: Especificacion<number> = (n) => n % 2 === 0
const grande: Especificacion<number> = (n) => n > 10

test('los combinadores dicen lo mismo que los operadores de la lógica', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), (n) => {
      assert.equal(y(par, grande)(n), par(n) && grande(n))
      assert.equal(o(par, grande)(n), par(n) || grande(n))
      assert.equal(no(par)(n), !par(n))
      assert.equal(no(y(par, grande))(n), o(no(par), no(grande))(n))
    }),
  )
})

test('sin partes, «y» admite a cualquiera y «o» a nadie', () => {
  assert.equal(y<number>()(1), true)
  assert.equal(o<number>()(1), false)
})
