import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import { unaRed, unosViajeros } from '../pruebas/red.ts'
import { type TramoPedido, validar_busqueda } from './busqueda.ts'
import type { Viajeros } from './precio.ts'

const AHORA = Date.UTC(2026, 10, 22, 13, 0)
const { aeropuertos, horas } = unaRed()
const DE = { origen: 'origen', destino: 'destino', fecha: 'fecha' }
const tramo = (cambios: Partial<TramoPedido> = {}): TramoPedido => ({
  origen: 'BOG',
  destino: 'MAD',
  fecha: '2026-12-10',
  de: DE,
  ...cambios,
})
const regreso = (cambios: Partial<TramoPedido> = {}) =>
  tramo({ origen: 'MAD', destino: 'BOG', fecha: '2026-12-20', de: { origen: 'destino', destino: 'origen', fecha: 'regreso' }, ...cambios })

const validar = (tramos: readonly TramoPedido[], viajeros: Viajeros = unosViajeros(), ahora = AHORA) =>
  validar_busqueda({ tramos, viajeros }, { aeropuertos, horas, ahora })

const faltas = (...args: Parameters<typeof validar>): readonly (readonly [string, string])[] => {
  try {
    validar(...args)
  } catch (error) {
    if (!(error instanceof ErrorDominio) || error.codigo !== 'busqueda_invalida') throw error
    assert.deepEqual(error.texto, error.errores[0]?.texto)
    for (const { texto } of error.errores) assert.ok(texto.es !== texto.en && texto.en.length > 10)
    return error.errores.map(({ puntero, texto }) => [puntero, texto.es])
  }
  return []
}

test('una búsqueda con sentido da sus odos', () => {
  const odos = validar([tramo(), regreso()])
  assert.deepEqual(
    odos.map(({ origen, destino, dia }) => [origen.codigo, destino.codigo, dia]),
    [
      ['BOG', 'MAD', 20_797],
      ['MAD', 'BOG', 20_807],
    ],
  )
  assert.equal(validar([tramo({ origen: 'bog', destino: 'mad' })])[0]?.origen.codigo, 'BOG')
})

test('cada sinsentido tiene su frase y señala su dato', () => {
  assert.deepEqual(faltas([tramo({ origen: 'XXZ' })]), [['/origen', 'No conocemos el aeropuerto «XXZ».']])
  assert.deepEqual(faltas([tramo({ destino: 'QQQQ' })]), [['/destino', 'No conocemos el aeropuerto «QQQQ».']])
  assert.deepEqual(faltas([tramo({ destino: 'BOG' })]), [['/destino', 'El origen y el destino son el mismo aeropuerto.']])
  assert.deepEqual(faltas([tramo({ fecha: '2026-11-21' })]), [['/fecha', 'Esa fecha ya pasó.']])
  assert.deepEqual(faltas([tramo({ fecha: '2027-02-30' })]), [['/fecha', 'Esa fecha no existe.']])
  assert.deepEqual(faltas([tramo({ fecha: '2027-10-19' })]), [['/fecha', 'Sólo se venden vuelos con hasta 330 días de anticipación.']])
  assert.deepEqual(faltas([tramo(), regreso({ fecha: '2026-12-09' })]), [['/regreso', 'El regreso no puede ser antes de la ida.']])
  assert.deepEqual(faltas([tramo()], unosViajeros({ adultos: 0, infantes: 1 })), [['/adultos', 'Debe viajar al menos un adulto.']])
  assert.deepEqual(faltas([tramo()], unosViajeros({ adultos: 9, menores: 1 })), [
    ['/adultos', 'Se puede reservar para 9 pasajeros como mucho; para grupos más grandes haz varias reservas.'],
  ])
  assert.deepEqual(faltas([tramo()], unosViajeros({ adultos: 1, infantes: 2 })), [
    ['/infantes', 'No puede haber más infantes que adultos: cada uno viaja en brazos de un adulto.'],
  ])
})

test('todo lo que falla se dice a la vez', () =>
  assert.deepEqual(
    faltas([tramo({ origen: 'XXZ', fecha: '2020-01-01' })], unosViajeros({ adultos: 0 })).map(([puntero]) => puntero),
    ['/origen', '/fecha', '/adultos'],
  ))

test('hoy es el día del origen, no el de quien atiende: a medianoche en UTC, en Bogotá aún es ayer', () => {
  const medianoche = Date.UTC(2026, 10, 23, 0, 30)
  assert.deepEqual(faltas([tramo({ fecha: '2026-11-22' })], unosViajeros(), medianoche), [])
  assert.deepEqual(faltas([tramo({ origen: 'MAD', destino: 'BOG', fecha: '2026-11-22' })], unosViajeros(), medianoche), [
    ['/fecha', 'Esa fecha ya pasó.'],
  ])
})

test('el último día que se vende es el 330; el mismo día de la ida se puede volver', () => {
  assert.deepEqual(faltas([tramo({ fecha: '2027-10-18' })]), [])
  assert.deepEqual(faltas([tramo(), regreso({ fecha: '2026-12-10' })]), [])
})
