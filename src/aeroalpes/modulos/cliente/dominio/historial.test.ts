import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { aplicarCambio, type CambioReserva, type HistorialReserva } from './historial.ts'

const ESTADOS = ['PENDIENTE', 'APROBADA', 'PAGADA', 'CANCELADA'] as const

const unCambio = (cambios: Partial<CambioReserva> = {}): CambioReserva => ({
  id_cliente: 'c-1',
  id_reserva: 'r-1',
  estado: 'PENDIENTE',
  version: 1,
  fecha: 1_000,
  ...cambios,
})

const vida: readonly CambioReserva[] = ESTADOS.map((estado, i) => unCambio({ estado, version: i + 1, fecha: 1_000 * (i + 1) }))

const aplicarTodos = (cambios: readonly CambioReserva[]) => cambios.reduce<HistorialReserva | undefined>(aplicarCambio, undefined)

test('el primer evento de una reserva abre su línea en el historial', () =>
  assert.deepEqual(aplicarCambio(undefined, unCambio()), unCambio()))

test('cada evento más nuevo la pone al día', () => {
  const pagada = unCambio({ estado: 'PAGADA', version: 3, fecha: 3_000 })
  assert.deepEqual(aplicarCambio(aplicarCambio(undefined, unCambio()), pagada), pagada)
})

test('uno repetido, o más viejo, deja la misma línea: no hay nada que escribir', () => {
  const actual = aplicarTodos(vida.slice(0, 3))
  for (const tarde of vida.slice(0, 3)) assert.equal(aplicarCambio(actual, tarde), actual)
})

test('la línea sólo guarda lo suyo', () => assert.deepEqual(aplicarCambio(undefined, { ...unCambio(), ...{ ajeno: 1 } }), unCambio()))

test('un invitado no tiene historial', () => assert.equal(aplicarCambio(undefined, unCambio({ id_cliente: null })), undefined))

test('en cualquier orden y con cualquier repetición, queda lo que cuenta la versión más alta', () => {
  const entregas = fc.array(fc.constantFrom(...vida), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(entregas, (cambios) => {
      const mayor = Math.max(...cambios.map(({ version }) => version))
      assert.deepEqual(aplicarTodos(cambios), vida[mayor - 1])
    }),
  )
})
