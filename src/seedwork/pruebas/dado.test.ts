import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '../dominio/entidades.ts'
import { ReglaRota } from '../dominio/reglas.ts'
import { dado, falla, ocurre, queda } from './dado.ts'

type Luz = Readonly<{ estado: 'APAGADA' | 'ENCENDIDA'; veces: readonly number[] }>

const apagada: Luz = { estado: 'APAGADA', veces: [] }

const encender = (luz: Luz): Decision<Luz, string> => {
  if (luz.estado === 'ENCENDIDA') throw new ReglaRota('LuzApagada', { es: 'Ya está encendida', en: 'It is already on' })
  return { estado: { estado: 'ENCENDIDA', veces: [...luz.veces, 1] }, eventos: ['LuzEncendida'] }
}

test('una frase que se cumple pasa, con varias expectativas', () =>
  dado(apagada)
    .cuando(encender)
    .entonces(queda({ estado: 'ENCENDIDA', veces: [1] }), ocurre('LuzEncendida')))

test('una regla rota se espera por su nombre', () =>
  dado({ ...apagada, estado: 'ENCENDIDA' } as const)
    .cuando(encender)
    .entonces(falla('LuzApagada')))

test('cada expectativa que no se cumple hace fallar la prueba', () => {
  const encendiendo = dado(apagada).cuando(encender)
  assert.throws(() => encendiendo.entonces(falla('LuzApagada')), /Se esperaba LuzApagada/)
  assert.throws(() => encendiendo.entonces(ocurre('OtraCosa')), assert.AssertionError)
  assert.throws(() => encendiendo.entonces(ocurre('LuzEncendida', 'LuzEncendida')), assert.AssertionError)
  assert.throws(() => encendiendo.entonces(queda({ estado: 'APAGADA' })), assert.AssertionError)
  assert.throws(() => encendiendo.entonces(queda({ campo_mal_escrito: 1 })), assert.AssertionError)
  assert.throws(() => encendiendo.entonces(ocurre('LuzEncendida'), queda({ veces: [] })), assert.AssertionError)
})

test('un error que no se esperaba sale tal cual', () => {
  const encendida = dado({ ...apagada, estado: 'ENCENDIDA' } as const).cuando(encender)
  const roto = dado(apagada).cuando(() => assert.fail('un defecto'))
  assert.throws(() => encendida.entonces(queda({})), ReglaRota)
  assert.throws(() => encendida.entonces(falla('OtraRegla')), assert.AssertionError)
  assert.throws(() => roto.entonces(falla('LuzApagada')), /un defecto/)
})

test('una decisión que modifica el estado dado falla', () => {
  const modifica = dado({ veces: [1] }).cuando((luz) => {
    luz.veces.push(2)
    return { estado: luz, eventos: [] }
  })
  assert.throws(() => modifica.entonces(queda({ veces: [1, 2] })), TypeError)
})
