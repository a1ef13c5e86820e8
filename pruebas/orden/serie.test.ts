import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anomalias, type Evento, type Hecha, type Historia } from './serie.ts'

let reloj = 0
const hecha = (id: string, verbo: Hecha['verbo'], dicho: Hecha['dicho'], [desde, hasta] = [0, 9]): Hecha => ({
  ...{ id, verbo, dicho, desde, hasta },
  via: `v${reloj++}`,
})
const evento = (tipo: string, version: number, causa: string): Evento => ({ tipo, version, causa })
const CREADA = evento('ReservaCreada', 1, 'x')
const APROBADA = evento('ReservaAprobada', 2, 'a')
const CANCELADA = evento('ReservaCancelada', 3, 'c')
const BUENA: Historia = {
  id: 'r',
  hechas: [
    hecha('a', 'aprobar', 'ok'),
    hecha('p', 'pagar', { estaba: 'PENDIENTE' }),
    hecha('c', 'cancelar', 'ok'),
    hecha('b', 'aprobar', { estaba: 'CANCELADA' }),
    hecha('d', 'cancelar', 'abortada'),
  ],
  eventos: [CREADA, APROBADA, CANCELADA],
  reserva: { version: 3, estado: 'CANCELADA' },
}

test('lo que un orden en serie explica no es una anomalía', () => assert.deepEqual(anomalias(BUENA), []))

const [a, p, c, b] = BUENA.hechas as [Hecha, Hecha, Hecha, Hecha]
const MALAS: Readonly<Record<string, Partial<Historia>>> = {
  'una versión repetida': { eventos: [CREADA, APROBADA, { ...CANCELADA, version: 2 }] },
  'una versión que falta': { eventos: [CREADA, APROBADA, { ...CANCELADA, version: 4 }] },
  'una reserva que no es como su último evento': { reserva: { version: 3, estado: 'APROBADA' } },
  'una reserva de otra versión': { reserva: { version: 2, estado: 'CANCELADA' } },
  'una reserva que no está': { reserva: undefined },
  'algo hecho que no ocurrió': { hechas: [a, p, c, { ...b, dicho: 'ok' }] },
  'algo ocurrido que nadie hizo': { hechas: [a, p] },
  'un evento de otro': { eventos: [CREADA, APROBADA, { ...CANCELADA, causa: 'z' }] },
  'una negativa por un estado que nunca tuvo': { hechas: [a, { ...p, dicho: { estaba: 'PAGADA' } }, c] },
  'una negativa de lo que su estado permitía': { hechas: [a, c, { ...p, dicho: { estaba: 'APROBADA' } }] },
  'un estado anterior visto después de otro': { hechas: [{ ...a, hasta: 1 }, c, { ...p, desde: 2 }] },
  'dos cosas hechas al revés de como se pidieron': {
    hechas: [
      { ...a, desde: 5 },
      { ...c, hasta: 4 },
    ],
  },
}

for (const [que, cambios] of Object.entries(MALAS))
  test(`es una anomalía: ${que}`, () => assert.notEqual(anomalias({ ...BUENA, ...cambios }).length, 0))
