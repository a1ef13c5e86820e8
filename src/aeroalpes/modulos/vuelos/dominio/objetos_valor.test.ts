import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mismoValor } from 'seedwork/dominio/entidades.ts'
import { HORA, INICIO, unAeropuerto, unItinerario, unLeg, unOdo, unSegmento, unVuelo } from '../pruebas/constructores.ts'
import {
  destino,
  es_ida_y_vuelta,
  es_solo_ida,
  fecha_llegada,
  fecha_salida,
  type Itinerario,
  mismo_aeropuerto,
  origen,
  ruta,
  type Tramo,
  texto_aeropuerto,
  tipo_vuelo,
} from './objetos_valor.ts'

/** Un itinerario con un odo de un solo leg por cada ruta. */
const viaje = (...rutas: readonly `${string}-${string}`[]): Itinerario =>
  unItinerario(...rutas.map((r, i) => unOdo(unSegmento(unVuelo(r, i * 24)))))

describe('B07 el tipo de vuelo y la ruta salen de los odos', () => {
  const casos = [
    { de: 'un odo', itinerario: viaje('BOG-JFK'), tipo: 'Solo ida', la_ruta: 'BOG-JFK' },
    { de: 'ir y volver', itinerario: viaje('BOG-JFK', 'JFK-BOG'), tipo: 'Ida y vuelta', la_ruta: 'BOG-JFK' },
    { de: 'un circuito', itinerario: viaje('BOG-MIA', 'MIA-JFK', 'JFK-BOG'), tipo: 'Ida y vuelta', la_ruta: 'BOG-JFK' },
    { de: 'volver desde otra ciudad', itinerario: viaje('BOG-JFK', 'MIA-BOG'), tipo: 'Open Jaw', la_ruta: 'BOG-JFK, MIA-BOG' },
    { de: 'volver a otra ciudad', itinerario: viaje('BOG-JFK', 'JFK-MDE'), tipo: 'Open Jaw', la_ruta: 'BOG-JFK, JFK-MDE' },
  ] as const

  for (const { de, itinerario, tipo, la_ruta } of casos) {
    test(`B07 ${de} es ${tipo}`, () => {
      assert.equal(tipo_vuelo(itinerario), tipo)
      assert.equal(es_solo_ida(itinerario), tipo === 'Solo ida')
      assert.equal(es_ida_y_vuelta(itinerario), tipo === 'Ida y vuelta')
      assert.equal(ruta(itinerario), la_ruta)
    })
  }

  test('B07 los extremos se comparan por código, no por nombre', () => {
    const vuelta = { ...unVuelo('JFK-BOG', 24), destino: { codigo: 'BOG', nombre: null } }
    assert.equal(tipo_vuelo(unItinerario(unOdo(), unOdo(unSegmento(vuelta)))), 'Ida y vuelta')
  })
})

describe('B08 origen, destino y fechas de cada nivel son valores', () => {
  const legs = [unVuelo('BOG-MDE', 0), unVuelo('MDE-MIA', 2)] as const
  const segmento = unSegmento(...legs)
  const odo = unOdo(segmento, unSegmento(unVuelo('MIA-JFK', 5)))
  const extremos = (tramo: Tramo) => [origen(tramo).codigo, destino(tramo).codigo, fecha_salida(tramo), fecha_llegada(tramo)]

  test('B08 de un leg', () => assert.deepEqual(extremos(legs[1]), ['MDE', 'MIA', INICIO + 2 * HORA, INICIO + 3 * HORA]))
  test('B08 de un segmento', () => assert.deepEqual(extremos(segmento), ['BOG', 'MIA', INICIO, INICIO + 3 * HORA]))
  test('B08 de un odo', () => assert.deepEqual(extremos(odo), ['BOG', 'JFK', INICIO, INICIO + 6 * HORA]))

  test('un tramo vacío, que las reglas no dejan pasar, no inventa extremos', () => {
    assert.throws(() => origen({ legs: [] }), RangeError)
    assert.throws(() => fecha_llegada({ segmentos: [{ legs: [] }] }), RangeError)
  })
})

test('B09 un aeropuerto se escribe con su código y su nombre, o con el código solo', () => {
  assert.equal(texto_aeropuerto(unAeropuerto('BOG')), 'BOG - El Dorado')
  assert.equal(texto_aeropuerto({ codigo: 'BOG', nombre: null }), 'BOG')
})

test('B04 un aeropuerto es el mismo por su código', () => {
  assert.ok(mismo_aeropuerto({ codigo: 'BOG', nombre: 'El Dorado' }, { codigo: 'BOG', nombre: null }))
  assert.ok(!mismo_aeropuerto({ codigo: 'BOG', nombre: 'El Dorado' }, { codigo: 'MDE', nombre: 'El Dorado' }))
})

test('B14 dos itinerarios con los mismos datos son el mismo valor, y con un dato distinto no', () => {
  assert.ok(mismoValor(unItinerario(), unItinerario()))
  assert.ok(!mismoValor(unItinerario(), unItinerario(unOdo(unSegmento(unLeg({ fecha_salida: INICIO + 1 }))))))
})
