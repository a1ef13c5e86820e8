import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alcanza, leerTestigo, sigueA, testigoDe } from './marca.ts'
import { Memoria } from './memoria.ts'
import type { Aviso } from './trama.ts'

const HOY = { cuantas: 2, masVieja: 1_000 }

test('un testigo se lee como se escribió; uno ajeno, roto o con un instante muy viejo, no', () => {
  const marcas = ['ab12cd34.7', '@5000']
  assert.deepEqual(leerTestigo(testigoDe(marcas), HOY), marcas)
  assert.equal(leerTestigo(testigoDe(['ab12cd34.7', '@999']), HOY), undefined)
  for (const malas of [[], ['a.1'], ['a.1', 'b.1', 'c.1'], ['a.1', ''], ['a.1', 7 as unknown as string]])
    assert.equal(leerTestigo(testigoDe(malas), HOY), undefined)
  for (const testigo of ['', 'x', 'e30', '!!!!', 'bnVsbA']) assert.equal(leerTestigo(testigo, HOY), undefined)
})

test('una marca alcanza a otra sólo si se pueden comparar', () => {
  assert.equal(alcanza('a.10', 'a.9'), true)
  assert.equal(alcanza('a.9', 'a.10'), false)
  assert.equal(alcanza('b.10', 'a.9'), false)
  assert.equal(alcanza('@2', '@1'), true)
  assert.equal(alcanza('@2', 'a.1'), false)
  assert.equal(sigueA('a.9', { posicion: 'a.10', instante: 0 }), true)
  assert.equal(sigueA('a.10', { posicion: 'a.10', instante: 0 }), false)
  assert.equal(sigueA('@5', { posicion: 'a.1', instante: 5 }), true)
  assert.equal(sigueA('@5', { posicion: 'a.1', instante: 4 }), false)
})

const unAviso = (n: number, tamano = 10): Aviso => ({
  posicion: `a.${n}`,
  instante: n,
  claves: [],
  tamano,
  cuerpo: () => undefined,
  tutorial: () => undefined,
})
const posiciones = (avisos: readonly Aviso[]) => avisos.map(({ posicion }) => posicion)

test('la memoria sabe desde dónde lo tiene todo', () => {
  const memoria = new Memoria('@100', { avisos: 10, bytes: 1_000_000 })
  assert.equal(memoria.cubre('@100'), true)
  assert.equal(memoria.cubre('@99'), false)
  assert.equal(memoria.cubre('a.1'), false, 'de una posición anterior a todo no se sabe cuánto falta')
  for (let n = 200; n <= 205; n++) memoria.agregar(unAviso(n))
  assert.deepEqual(posiciones(memoria.desde('@100')), ['a.200', 'a.201', 'a.202', 'a.203', 'a.204', 'a.205'])
  assert.equal(memoria.cubre('a.200'), true)
  assert.deepEqual(posiciones(memoria.desde('a.203')), ['a.204', 'a.205'])
  assert.equal(memoria.cubre('a.199'), false)
  assert.equal(memoria.cubre('a.205'), true)
  assert.equal(memoria.cubre('a.206'), false, 'lo que aún no ha leído')
  assert.equal(memoria.cubre('b.203'), false, 'otra historia')
})

test('la memoria se acota por cuenta y por bytes, y nunca dice tener lo que olvidó', () => {
  for (const [limites, tamano] of [
    [{ avisos: 100, bytes: 1_000_000 }, 1],
    [{ avisos: 1_000_000, bytes: 10_000 }, 100],
    [{ avisos: 5, bytes: 1 }, 50],
  ] as const) {
    const memoria = new Memoria('@0', limites)
    for (let n = 1; n <= 5_000; n++) {
      memoria.agregar(unAviso(n, tamano))
      const desde = [n - 400, n - 90, n - 1].find((uno) => uno > 0 && memoria.cubre(`a.${uno}`))
      if (desde !== undefined && n % 50 === 0) assert.equal(memoria.desde(`a.${desde}`).length, n - desde)
    }
    assert.equal(memoria.cubre('@0'), false)
    assert.equal(memoria.cubre('a.1'), false)
    assert.equal(memoria.cubre('a.5000'), true)
    assert.equal(memoria.cabeza, 'a.5000')
  }
})
