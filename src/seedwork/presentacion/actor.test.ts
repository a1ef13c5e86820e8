import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { type Actor, ANONIMO, actorATexto, actorDeTexto } from '../aplicacion/actor.ts'
import { ErrorDominio } from '../dominio/errores.ts'
import { type ClaveActor, firmarActor, lectorDeActores, prepararClave } from './actor.ts'

const clave = randomBytes(32)
const leerActor = (con: ClaveActor, cabecera: string | undefined, ahora: number): Actor => lectorDeActores(con)(cabecera, ahora)
const operador: Actor = { id: 'op1', rol: 'operador' }
const rechazado = (error: unknown): boolean =>
  error instanceof ErrorDominio && error.codigo === 'actor_invalido' && error.clase === 'no_autenticado'

const firmado = (carga: unknown): string => {
  const texto = Buffer.from(typeof carga === 'string' ? carga : JSON.stringify(carga)).toString('base64url')
  return `${texto}.${createHmac('sha256', clave).update(texto).digest('base64url')}`
}

test('un actor firmado se lee igual hasta que vence', () => {
  const cabecera = firmarActor(clave, operador, 1_000)
  assert.deepEqual(leerActor(clave, cabecera, 999), operador)
  assert.throws(() => leerActor(clave, cabecera, 1_000), rechazado)
})

test('una cabecera ya leída vence igual, y la que se le parece se comprueba', () => {
  const leer = lectorDeActores(clave)
  const cabecera = firmarActor(clave, operador, 1_000)
  assert.deepEqual([leer(cabecera, 0), leer(cabecera, 999)], [operador, operador])
  assert.throws(() => leer(cabecera, 1_000), rechazado)
  assert.deepEqual(leer(cabecera, 999), operador)
  for (const otra of [`${cabecera}.`, `${cabecera} `, cabecera.slice(1), cabecera.toLowerCase()])
    assert.throws(() => leer(otra, 0), rechazado, otra)
})

test('recuerda las últimas mil, y las demás se vuelven a comprobar', () => {
  const leer = lectorDeActores(clave)
  const viajeros = Array.from({ length: 1_500 }, (_, i): Actor => ({ id: `v${i}`, rol: 'viajero' }))
  const cabeceras = viajeros.map((viajero) => firmarActor(clave, viajero, 1_000))
  for (const pasada of [1, 2]) assert.deepEqual([pasada, ...cabeceras.map((una) => leer(una, 0))], [pasada, ...viajeros])
})

test('la clave preparada reconoce lo que firmaron sus bytes, y al revés', () => {
  const preparada = prepararClave(clave)
  assert.deepEqual(leerActor(preparada, firmarActor(clave, operador, 1_000), 0), operador)
  assert.deepEqual(leerActor(clave, firmarActor(prepararClave(preparada), operador, 1_000), 0), operador)
})

test('sin cabecera se es anónimo', () => {
  assert.equal(leerActor(clave, undefined, 0), ANONIMO)
})

test('otra clave, una firma cambiada, cortada o añadida no vale', () => {
  const cabecera = firmarActor(clave, operador, 1_000)
  const [carga = '', firma = ''] = cabecera.split('.')
  const otro = firma.startsWith('A') ? 'B' : 'A'
  const falsas = [
    '',
    '.',
    carga,
    `${carga}.`,
    `.${firma}`,
    `${carga}.${otro}${firma.slice(1)}`,
    `${carga}.${firma.slice(0, -1)}`,
    `${cabecera}=`,
    `${cabecera}.x`,
    `${cabecera}ñ`,
    `${cabecera.slice(0, -1)}ñ`,
  ]
  for (const falsa of falsas) assert.throws(() => leerActor(clave, falsa, 0), rechazado, falsa)
  assert.throws(() => leerActor(randomBytes(32), cabecera, 0), rechazado)
})

test('la última letra de la firma no admite otra escritura de los mismos bytes', () => {
  const cabecera = firmarActor(clave, operador, 1_000)
  const alfabeto = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const aceptadas = [...alfabeto].filter((letra) => {
    try {
      return leerActor(clave, cabecera.slice(0, -1) + letra, 0)
    } catch {
      return false
    }
  })
  assert.deepEqual(aceptadas, [cabecera.at(-1)])
})

test('una carga firmada que no es de nadie no vale', () => {
  const cargas = [
    'no es json',
    'null',
    '[]',
    {},
    { id: 'x', rol: 'rey', vence: 1_000 },
    { id: 'anonimo', rol: 'viajero', vence: 1_000 },
    { id: 'x', rol: 'anonimo', vence: 1_000 },
    { id: 'a b', rol: 'viajero', vence: 1_000 },
    { id: 7, rol: 'viajero', vence: 1_000 },
    { id: 'x', rol: 'viajero' },
    { id: 'x', rol: 'viajero', vence: '1000' },
  ]
  for (const carga of cargas) assert.throws(() => leerActor(clave, firmado(carga), 0), rechazado, JSON.stringify(carga))
})

test('una cabecera desmedida se rechaza aunque esté bien firmada', () => {
  assert.throws(() => leerActor(clave, firmado({ id: 'x', rol: 'viajero', vence: 1_000, relleno: 'x'.repeat(1_000) }), 0), rechazado)
})

test('no se firma al anónimo ni a quien lleve su nombre', () => {
  assert.throws(() => firmarActor(clave, ANONIMO, 1), TypeError)
  assert.throws(() => firmarActor(clave, { id: 'anonimo', rol: 'viajero' }, 1), TypeError)
})

test('un actor va a texto y vuelve', () => {
  for (const actor of [ANONIMO, operador, { id: 'urn:a:b', rol: 'servicio' } as const])
    assert.deepEqual(actorDeTexto(actorATexto(actor)), actor)
  assert.equal(actorATexto(operador), 'operador:op1')
  assert.equal(actorATexto(ANONIMO), 'anonimo')
})

test('un texto que no es de ningún actor no da actor', () => {
  for (const texto of ['', ':', 'operador', 'operador:', ':op1', 'rey:x', 'anonimo:x', 'viajero:anonimo', 'viajero:a b']) {
    assert.equal(actorDeTexto(texto), undefined, texto)
  }
})
