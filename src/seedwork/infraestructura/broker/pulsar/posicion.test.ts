import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compararPosiciones } from '../posiciones.ts'
import { escribirId, escribirPosicion, leerId, leerPosicion } from './posicion.ts'

const deHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

test('un messageId de Pulsar se lee y se vuelve a escribir igual: sin particiones, con ellas, y de un lote', () => {
  const casos = [
    ['086e10003000', { ledger: 110, entrada: 0, particion: -1, lote: -1 }],
    ['0824100018013000', { ledger: 36, entrada: 0, particion: 1, lote: -1 }],
    ['08ac0210960120033000', { ledger: 300, entrada: 150, particion: -1, lote: 3 }],
  ] as const
  for (const [hex, id] of casos) {
    assert.deepEqual(leerId(deHex(hex)), id)
    assert.equal(escribirId(id), deHex(hex))
  }
})

test('el acuse de un repetido, que no está en ninguna parte, se lee como -1:-1', () => {
  assert.partialDeepStrictEqual(leerId('CP///////////wEQ////////////ATAA'), { ledger: -1, entrada: -1 })
})

test('lo que no es un messageId se rechaza', () => {
  for (const hex of ['0a', '08', '12', 'ffffff']) assert.throws(() => leerId(deHex(hex)), /messageId/)
})

test('las posiciones van y vuelven, y se ordenan como los mensajes de su tópico', () => {
  const enOrden = [
    { ledger: 9, entrada: 200, particion: -1, lote: -1 },
    { ledger: 10, entrada: 3, particion: -1, lote: -1 },
    { ledger: 10, entrada: 3, particion: -1, lote: 1 },
    { ledger: 10, entrada: 20, particion: -1, lote: -1 },
  ].map((id) => ({ id, posicion: escribirPosicion('e', id) }))
  for (const [i, { id, posicion }] of enOrden.entries()) {
    assert.deepEqual(leerPosicion('e', posicion), id)
    const siguiente = enOrden[i + 1]
    if (siguiente !== undefined) assert.ok((compararPosiciones(posicion, siguiente.posicion) ?? 0) < 0)
  }
})

test('una posición de otra época, incompleta o que no se entiende no es ninguna', () => {
  for (const rara of ['', 'e', 'e.1', 'otra.1.2', 'e.x.1', 'e.-1.0', 'e.1.-1', 'e.1e9.1', 'e.1.2.3.4.5', 'e.1.99999999999999999999'])
    assert.equal(leerPosicion('e', rara), undefined, rara)
})
