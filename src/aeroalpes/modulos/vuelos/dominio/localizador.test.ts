import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LETRAS, localizador_de } from './localizador.ts'

test('son seis letras que no se confunden entre ellas ni con un número', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.nat({ max: 5 }), (id, intento) => assert.match(localizador_de(id, intento), new RegExp(`^[${LETRAS}]{6}$`))),
  )
  for (const confusa of 'AEIOULV') assert.equal(LETRAS.includes(confusa), false)
})

test('la misma reserva tiene siempre el mismo, y otro por si ya lo tiene otra', () => {
  assert.equal(localizador_de('r-1', 0), localizador_de('r-1', 0))
  assert.notEqual(localizador_de('r-1', 0), localizador_de('r-1', 1))
  assert.notEqual(localizador_de('r-1', 0), localizador_de('r-2', 0))
})
