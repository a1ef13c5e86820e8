import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RECHAZOS } from '../dominio/motivos.ts'
import { unaReserva } from '../pruebas/constructores.ts'
import { acciones_disponibles, linea_de_tiempo } from './linea_de_tiempo.ts'

const venta = {
  localizador: 'KQPRWD',
  precio: { moneda: 'COP', total: 100, base: 90, impuestos: 10, por_pasajero: [] },
  condiciones: { reembolso_porcentaje: 50, penalidad: 0, cambios: true },
} as const

const pasos = (...args: Parameters<typeof linea_de_tiempo>) => linea_de_tiempo(...args).map(({ paso, estado }) => `${paso}: ${estado}`)

test('una pendiente de oferta espera a la aerolínea; una del tutorial no espera a nadie', () => {
  assert.deepEqual(pasos(unaReserva({ venta })), ['recibida: hecho', 'reservada: hecho', 'aprobada: ahora', 'pagada: por_venir'])
  assert.deepEqual(pasos(unaReserva()), ['recibida: hecho', 'reservada: hecho', 'aprobada: por_venir', 'pagada: por_venir'])
})

test('aprobada, lo que sigue es pagar; pagada, no sigue nada', () => {
  assert.deepEqual(pasos(unaReserva({ estado: 'APROBADA' })), ['recibida: hecho', 'reservada: hecho', 'aprobada: hecho', 'pagada: ahora'])
  assert.deepEqual(pasos(unaReserva({ estado: 'PAGADA' })), ['recibida: hecho', 'reservada: hecho', 'aprobada: hecho', 'pagada: hecho'])
})

test('una cancelada cuenta hasta dónde llegó y por qué, en los dos idiomas si el motivo es nuestro', () => {
  const motivo = RECHAZOS[0]
  const rechazada = linea_de_tiempo(unaReserva({ estado: 'CANCELADA', aprobada_en: null, pagada_en: null, motivo: motivo.es }))
  assert.deepEqual(
    rechazada.map(({ paso }) => paso),
    ['recibida', 'reservada', 'cancelada'],
  )
  assert.deepEqual(rechazada.at(-1)?.detalle, motivo)
  const pagada = linea_de_tiempo(unaReserva({ estado: 'CANCELADA', motivo: 'Otro plan' }))
  assert.deepEqual(
    pagada.map(({ paso }) => paso),
    ['recibida', 'reservada', 'aprobada', 'pagada', 'cancelada'],
  )
  assert.deepEqual(pagada.at(-1)?.detalle, { es: 'Otro plan', en: 'Otro plan' })
})

test('todo lo hecho tiene fecha, y nada más la tiene', () => {
  for (const estado of ['PENDIENTE', 'APROBADA', 'PAGADA', 'CANCELADA'] as const)
    for (const paso of linea_de_tiempo(unaReserva({ estado }))) assert.equal(paso.fecha !== null, paso.estado === 'hecho')
})

test('se puede pagar lo aprobado y cancelar lo que no está cancelado', () => {
  assert.deepEqual(acciones_disponibles(unaReserva()), ['cancelar'])
  assert.deepEqual(acciones_disponibles(unaReserva({ estado: 'APROBADA' })), ['pagar', 'cancelar'])
  assert.deepEqual(acciones_disponibles(unaReserva({ estado: 'PAGADA' })), ['cancelar'])
  assert.deepEqual(acciones_disponibles(unaReserva({ estado: 'CANCELADA' })), [])
})
