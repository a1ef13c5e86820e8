import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dinero, duracion, horaDe, marcaDeDias } from './formato.ts'

const sinDuros = (texto: string): string => texto.replaceAll('\u00a0', ' ')

const EN = (zona: string | null) => ({ codigo: 'XXX', nombre: null, zona })
const hora = (instante: string, zona: string | null, local: string | null = null) => horaDe({ instante, local, lugar: EN(zona) }, 'es')

test('el dinero se escribe desde sus unidades menores, con el código de su moneda', () => {
  assert.equal(sinDuros(dinero({ moneda: 'COP', total: 128_460_000 }, 'es')), '$ 1.284.600 COP')
  assert.equal(sinDuros(dinero({ moneda: 'COP', total: 128_460_050 }, 'es')), '$ 1.284.600,50 COP')
  assert.equal(sinDuros(dinero({ moneda: 'USD', total: 123_456 }, 'en')), '$1,234.56 USD')
})

test('los decimales de una moneda son los de ISO 4217', () => {
  assert.equal(sinDuros(dinero({ moneda: 'JPY', total: 1_500 }, 'en')), '¥1,500 JPY')
  assert.equal(sinDuros(dinero({ moneda: 'KWD', total: 1_500 }, 'en')), 'KWD 1.500')
})

test('el dinero no pasa por la coma flotante', () => {
  assert.equal(sinDuros(dinero({ moneda: 'USD', total: Number.MAX_SAFE_INTEGER }, 'en')), '$90,071,992,547,409.91 USD')
  assert.equal(sinDuros(dinero({ moneda: 'USD', total: -5 }, 'en')), '-$0.05 USD')
})

test('la hora es la guardada al reservar', () => {
  const { hora: reloj, fecha, zona } = hora('2027-01-03T01:00:00Z', 'America/Bogota', '2027-01-02T20:00')
  assert.deepEqual([reloj, fecha, zona], ['20:00', 'sáb, 2 ene 2027', 'GMT−5'])
})

test('sin hora guardada se calcula con la zona, en invierno y en verano', () => {
  assert.deepEqual(
    [hora('2027-01-03T11:20:00Z', 'Europe/Madrid').hora, hora('2027-01-03T11:20:00Z', 'Europe/Madrid').zona],
    ['12:20', 'GMT+1'],
  )
  assert.deepEqual(
    [hora('2027-07-03T11:20:00Z', 'Europe/Madrid').hora, hora('2027-07-03T11:20:00Z', 'Europe/Madrid').zona],
    ['13:20', 'GMT+2'],
  )
})

test('sin zona, o con una que nadie conoce, la hora es UTC y lo dice', () => {
  for (const zona of [null, 'Marte/Olimpo']) {
    const { hora: reloj, zona: dicha } = hora('2027-01-03T11:20:00Z', zona)
    assert.deepEqual([reloj, dicha], ['11:20', 'UTC'])
  }
})

test('la marca de días cuenta los del calendario de cada lugar', () => {
  const salida = hora('2027-01-03T01:00:00Z', 'America/Bogota')
  assert.equal(marcaDeDias(salida, hora('2027-01-03T11:20:00Z', 'Europe/Madrid')), '+1')
  assert.equal(marcaDeDias(salida, hora('2027-01-03T02:00:00Z', 'America/Bogota')), '')
  assert.equal(marcaDeDias(hora('2027-01-03T01:00:00Z', 'Asia/Tokyo'), hora('2027-01-03T03:00:00Z', 'Pacific/Honolulu')), '−1')
})

test('las duraciones se leen en horas y minutos', () => {
  assert.deepEqual([45, 60, 350, 605].map(duracion), ['45 min', '1 h', '5 h 50', '10 h 05'])
})
