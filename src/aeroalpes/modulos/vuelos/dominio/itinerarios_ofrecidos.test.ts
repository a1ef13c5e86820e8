import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { filtrar_mejores_itinerarios, le_gana, ordenar } from './itinerarios_ofrecidos.ts'

const uno = fc.record({ total: fc.nat({ max: 6 }), duracion: fc.nat({ max: 6 }), escalas: fc.nat({ max: 2 }), salida: fc.nat({ max: 9 }) })
const varios = fc.array(uno, { maxLength: 25 })

test('quedan justo los que nadie le gana en precio, duración y escalas, en el orden en que venían', () => {
  fc.assert(
    fc.property(varios, (todos) => {
      const quedan = filtrar_mejores_itinerarios(todos)
      assert.deepEqual(
        quedan,
        todos.filter((candidato) => !todos.some((otro) => le_gana(otro, candidato))),
      )
      assert.deepEqual(filtrar_mejores_itinerarios(quedan), quedan)
    }),
    { numRuns: 1_000 },
  )
})

test('ganar es costar menos y tardar menos sin más escalas: a igual precio o duración los dos se ofrecen', () => {
  const base = { total: 5, duracion: 5, escalas: 1 }
  assert.equal(le_gana({ total: 4, duracion: 4, escalas: 1 }, base), true)
  assert.equal(le_gana({ total: 4, duracion: 4, escalas: 2 }, base), false)
  assert.equal(le_gana({ total: 5, duracion: 4, escalas: 0 }, base), false)
  assert.equal(le_gana(base, base), false)
})

test('cada orden pone primero lo suyo y no pierde a nadie', () => {
  fc.assert(
    fc.property(varios, fc.constantFrom('mejor' as const, 'barato' as const, 'rapido' as const), (todos, orden) => {
      const ordenados = ordenar(todos, orden)
      assert.deepEqual(new Set(ordenados), new Set(todos))
      assert.equal(ordenados.length, todos.length)
      const campo = orden === 'rapido' ? 'duracion' : 'total'
      if (orden !== 'mejor') for (const [i, este] of ordenados.entries()) assert.ok((ordenados[i - 1]?.[campo] ?? 0) <= este[campo])
    }),
  )
})

test('el mejor equilibra: ni el más barato con dos escalas ni el más rápido al doble', () => {
  const barato = { total: 100, duracion: 900, escalas: 2, salida: 0 }
  const rapido = { total: 230, duracion: 300, escalas: 0, salida: 0 }
  const medio = { total: 120, duracion: 320, escalas: 0, salida: 0 }
  assert.equal(ordenar([barato, rapido, medio], 'mejor')[0], medio)
})
