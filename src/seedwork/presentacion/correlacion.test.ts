import assert from 'node:assert/strict'
import { test } from 'node:test'
import { correlacionDe, traceparentDe } from './correlacion.ts'

const nueva = () => 'nueva'
const TRAZA = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRAMO = '00f067aa0ba902b7'

test('una correlación bien formada se conserva', () => {
  for (const buena of ['a', 'A-z_0.9', 'x'.repeat(128)]) assert.equal(correlacionDe(buena, nueva), buena)
})

test('una correlación que falta, se repite, es larga o lleva otros caracteres se reemplaza', () => {
  for (const mala of [undefined, '', 'x'.repeat(129), 'a b', 'ñ', 'a\nb', 'a\n', ['a', 'b']])
    assert.equal(correlacionDe(mala, nueva), 'nueva')
})

test('un traceparent de la norma se pasa tal cual, también de una versión mayor', () => {
  for (const bueno of [`00-${TRAZA}-${TRAMO}-01`, `01-${TRAZA}-${TRAMO}-00-mas`]) assert.equal(traceparentDe(bueno), bueno)
})

test('un traceparent fuera de la norma se ignora', () => {
  const malos = [
    undefined,
    '',
    `ff-${TRAZA}-${TRAMO}-01`,
    `00-${'0'.repeat(32)}-${TRAMO}-01`,
    `00-${TRAZA}-${'0'.repeat(16)}-01`,
    `00-${TRAZA.toUpperCase()}-${TRAMO}-01`,
    `00-${TRAZA}-${TRAMO}-01-mas`,
    `01-${TRAZA}-${TRAMO}-01-${'x'.repeat(300)}`,
  ]
  for (const malo of malos) assert.equal(traceparentDe(malo), undefined)
})
