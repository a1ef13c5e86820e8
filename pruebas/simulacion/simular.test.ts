import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simular } from './simular.ts'
import { correrTanda } from './tanda.ts'

const SEMILLAS = 60

test(`en ${SEMILLAS} historias al azar, con muertes y averías, ninguna ley se rompe; y cada una se puede repetir`, async () => {
  const { malas, cuentas } = await correrTanda({ desde: 1, cuantas: SEMILLAS })
  assert.deepEqual(malas, [])
  for (const que of ['muerte: una sentencia', 'almacén: no se sabe', 'mensaje: dos veces', 'operación: fallida', 'simulada dos veces'])
    assert.ok((cuentas[que] ?? 0) > 0, que)
})

test('un broker que pierde mensajes no pasa', async () => {
  const { malas } = await correrTanda({ desde: 1, cuantas: 20, control: true })
  assert.ok(malas.length >= 10, `sólo ${malas.length} de 20`)
})

test('lo que se escribió sin que nadie lo supiera llega, aunque nadie vuelva a publicar', async () => {
  for (const semilla of [158, 183, 412, 490, 2250, 2422]) assert.deepEqual((await simular(semilla)).faltas, [], `semilla ${semilla}`)
})
