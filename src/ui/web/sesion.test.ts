import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cookieDe, leerSesion, nuevaSesion } from './sesion.ts'

test('la sesión que se abre es la que se lee, y su identificador no es su secreto', () => {
  const sesion = nuevaSesion()
  assert.match(sesion.id, /^sesion-[A-Za-z0-9_-]{22}$/)
  assert.equal(sesion.id.includes(sesion.secreto), false)
  for (const segura of [true, false]) {
    const [par] = cookieDe(sesion, segura).split(';')
    assert.deepEqual(leerSesion({ cookie: `otra=1; ${par}; mas=sesion=2` }, segura), sesion)
  }
  assert.notEqual(nuevaSesion().id, sesion.id)
})

test('la cookie no la ve el guion ni la lleva otro sitio; con TLS, tampoco la pone otro subdominio', () => {
  const sesion = nuevaSesion()
  assert.match(cookieDe(sesion, false), /^sesion=[^;]{32}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/)
  assert.match(cookieDe(sesion, true), /^__Host-sesion=[^;]{32}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
  assert.equal(leerSesion({ cookie: `sesion=${sesion.secreto}` }, true), undefined)
})

test('lo que no tiene la forma de una sesión nuestra no es ninguna', () => {
  for (const cookie of [
    undefined,
    '',
    'sesion=',
    'sesion=corta',
    `sesion=${'x'.repeat(33)}`,
    `sesion=${'ñ'.repeat(32)}`,
    `xsesion=${'a'.repeat(32)}`,
  ])
    assert.equal(leerSesion(cookie === undefined ? {} : { cookie }, false), undefined)
})
