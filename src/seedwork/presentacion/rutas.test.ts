import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crearTablaDeRutas } from './rutas.ts'

test('la tabla junta los métodos de las rutas que casan con un camino', () => {
  const tabla = crearTablaDeRutas()
  tabla.anotar('POST', '/vuelos/reserva')
  tabla.anotar(['GET', 'HEAD'], '/vuelos/reserva')
  tabla.anotar('GET', '/vuelos/reserva/:id')
  tabla.anotar('GET', '/docs/*')
  assert.deepEqual(tabla.metodosDe('/vuelos/reserva'), ['GET', 'HEAD', 'POST'])
  assert.deepEqual(tabla.metodosDe('/vuelos/reserva/7'), ['GET'])
  assert.deepEqual(tabla.metodosDe('/docs/a/b.css'), ['GET'])
})

test('un camino que ninguna ruta nombra no tiene métodos', () => {
  const tabla = crearTablaDeRutas()
  tabla.anotar('GET', '/a.b/:id')
  for (const camino of ['/', '/a.b', '/a.b/', '/axb/1', '/a.b/1/2']) assert.deepEqual(tabla.metodosDe(camino), [], camino)
})
