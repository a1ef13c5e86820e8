import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atacar } from './hostiles.ts'

test('miles de llamadas hostiles lo dejan sano y con su memoria', async () => {
  const { despues, antes, final } = await atacar(4_000)
  assert.equal(despues, 'UNAVAILABLE')
  assert.ok(final.usada <= antes.usada * 1.1, `${antes.usada} → ${final.usada}`)
})
