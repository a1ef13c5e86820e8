import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sumaDe } from './suma.ts'

type Fila = Readonly<{ id: string; nota: string | null; datos: Uint8Array; version: number }>
const suma = sumaDe<Fila>('filas', { id: true, nota: true, datos: true, version: true })
const FILA: Fila = { id: 'r1', nota: 'Bogotá ✈', datos: Uint8Array.of(1, 2, 3, 255), version: 7 }
const leida = (fila: Fila, guardada: number | null = suma.de(FILA)) => ({ ...fila, suma: guardada })

const conBit = (bytes: Uint8Array, bit: number): Buffer => {
  const copia = Buffer.from(bytes)
  copia[bit >> 3] = (copia[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copia
}

test('la fila que se escribió se lee, sin su suma', () => assert.deepEqual(suma.exigir(leida(FILA)), FILA))

test('cualquier bit cambiado en un texto o en unos bytes se ve', () => {
  for (let bit = 0; bit < FILA.datos.length * 8; bit++)
    assert.throws(() => suma.exigir(leida({ ...FILA, datos: conBit(FILA.datos, bit) })), { codigo: 'fila_danada' })
  const id = Buffer.from(FILA.id)
  for (let bit = 0; bit < id.length * 8; bit++)
    assert.throws(() => suma.exigir(leida({ ...FILA, id: conBit(id, bit).toString() })), { codigo: 'fila_danada' })
})

test('un valor que cambia de clase o de columna se ve, aunque sus bytes sean los mismos', () => {
  const otras: unknown[] = [
    { ...FILA, nota: null },
    { ...FILA, version: '7' },
    { ...FILA, id: Buffer.from(FILA.id) },
    { ...FILA, id: '', nota: `${FILA.id}${FILA.nota}` },
  ]
  for (const otra of otras) assert.throws(() => suma.exigir(leida(otra as Fila)), { codigo: 'fila_danada' })
  const nula = { ...FILA, nota: null }
  assert.throws(() => suma.exigir(leida({ ...nula, nota: '' }, suma.de(nula))), { codigo: 'fila_danada' })
})

test('una suma cambiada se ve; una fila de antes de que las hubiera se da por buena', () => {
  assert.throws(() => suma.exigir(leida(FILA, suma.de(FILA) ^ 1)), { codigo: 'fila_danada' })
  assert.deepEqual(suma.exigir(leida(FILA, null)), FILA)
})

test('medio par suma lo que queda guardado de él', () => {
  assert.equal(suma.de({ ...FILA, nota: 'a\ud800' }), suma.de({ ...FILA, nota: 'a\uFFFD' }))
})
