import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cuantil, enSerie, resumir } from './estadistica.ts'
import { resumirRondas, tabla } from './informe.ts'
import { razonesDe } from './medidas.ts'

test('la mediana de un número par de rondas es el promedio de las dos del medio', () => {
  assert.deepEqual(resumir([4, 1, 3, 2]), { mediana: 2.5, minimo: 1, maximo: 4 })
  assert.deepEqual(resumir([9, 1, 5]), { mediana: 5, minimo: 1, maximo: 9 })
  assert.equal(
    cuantil(
      Array.from({ length: 100 }, (_, i) => i + 1),
      0.99,
    ),
    99,
  )
  assert.throws(() => cuantil([], 0.5), RangeError)
})

test('dos pasos en serie dan menos que el más lento de los dos', () => {
  assert.equal(enSerie(1_000, 1_000), 500)
  assert.ok(enSerie(300, 100_000) < 300)
})

test('cada razón compara lo medido en la misma ronda', () => {
  const razones = razonesDe({
    http_64: 3_000,
    almacen_64: 6_000,
    post_64: 1_800,
    post_1: 450,
    http_1: 2_000,
    almacen_1: 2_000,
    tuberia_64: 1_350,
  })
  assert.equal(razones.techo_en_serie, 2_000)
  assert.equal(razones['post_64/techo_en_serie'], 0.9)
  assert.equal(razones['post_64/post_1'], 4)
  assert.equal(razones['techo_en_serie/techo_en_serie_1'], 2)
  assert.equal(razones['tuberia_64/post_64'], 0.75)
})

test('la tabla muestra mediana, rango y meta, y omite lo que no se midió', () => {
  const texto = tabla(
    resumirRondas([
      { 'get/get_sin_leer': 0.5, get: 1_000, 'comando.empuje/respuesta': 1.5 },
      { 'get/get_sin_leer': 0.75, get: 3_000 },
    ]),
  )
  assert.match(texto, /GET por id, 64 en vuelo +2\.000 +1\.000 – 3\.000$/m)
  assert.match(texto, /GET \/ GET sin leer +0,63 +0,50 – 0,75 +meta ≥ 0,75$/m)
  assert.match(texto, /trama \/ respuesta +1,50 +1,50 – 1,50 +meta ≤ 2,50$/m)
  assert.doesNotMatch(texto, /tubería/)
})
