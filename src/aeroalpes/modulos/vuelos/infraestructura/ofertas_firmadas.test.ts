import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import type { Oferta } from '../dominio/oferta.ts'
import { ofertasFirmadas } from './ofertas_firmadas.ts'

const CLAVE = Buffer.alloc(32, 1)
const ofertas = ofertasFirmadas(CLAVE)
const vuelo = { aerolinea: 'AN', origen: 'BOG', destino: 'MDE', turno: 0, dia: 20_797, salida: Date.UTC(2026, 11, 10, 13) }
const oferta: Oferta = {
  emitida: Date.UTC(2026, 10, 22),
  clase: 'ECONOMICA',
  moneda: 'COP',
  viajeros: { adultos: 2, menores: 1, infantes: 1 },
  total: 123_400,
  odos: [[vuelo], [{ ...vuelo, origen: 'MDE', destino: 'BOG', turno: 2 }]],
}
const esInvalida = (error: unknown) => error instanceof ErrorDominio && error.codigo === 'oferta_invalida' && error.clase === 'invalido'

test('lo que se firma se lee igual', () => {
  assert.deepEqual(ofertas.leer(ofertas.firmar(oferta)), oferta)
  assert.deepEqual(ofertasFirmadas(createSecretKey(CLAVE)).leer(ofertas.firmar(oferta)), oferta)
})

test('con otra clave, o con un carácter cambiado en cualquier lugar, no vale', () => {
  const id = ofertas.firmar(oferta)
  assert.throws(() => ofertasFirmadas(Buffer.alloc(32, 2)).leer(id), esInvalida)
  fc.assert(
    fc.property(fc.nat({ max: id.length - 1 }), fc.constantFrom('A', 'b', '0', '.', '-'), (donde, letra) => {
      const otro = `${id.slice(0, donde)}${letra}${id.slice(donde + 1)}`
      if (otro !== id) assert.throws(() => ofertas.leer(otro), esInvalida)
    }),
  )
})

test('lo que no es una oferta no vale, y no rompe nada', () => {
  for (const id of ['', '.', 'a.b', 'a.b.c', '💥', `${ofertas.firmar(oferta)}.x`]) assert.throws(() => ofertas.leer(id), esInvalida)
})

test('la firma de un actor, con la misma clave, no sirve de oferta', () =>
  assert.throws(() => ofertas.leer(firmarActor(CLAVE, { id: 'ana', rol: 'viajero' }, Number.MAX_SAFE_INTEGER)), esInvalida))
