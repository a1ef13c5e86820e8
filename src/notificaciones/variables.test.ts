import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { leerDirecciones, variablesNotificaciones } from './variables.ts'

test('B47 el broker se encuentra con cualquiera de sus dos nombres', () => {
  assert.equal(leerDirecciones({ PULSAR_ADDRESS: 'broker' }).broker, 'broker')
  assert.equal(leerDirecciones({ BROKER_HOST: 'broker' }).broker, 'broker')
  assert.equal(leerDirecciones({ BROKER_HOST: 'broker', PULSAR_ADDRESS: 'broker' }).broker, 'broker')
  assert.equal(leerDirecciones({}).broker, 'localhost')
})

test('B47 con dos nombres que dicen cosas distintas no se arranca', () => {
  assert.throws(() => leerDirecciones({ BROKER_HOST: 'uno', PULSAR_ADDRESS: 'otro' }), /BROKER_HOST=uno y PULSAR_ADDRESS=otro/)
})

test('la dirección de la API lleva su puerto, o el de siempre', () => {
  assert.equal(leerDirecciones({ AEROALPES_ADDRESS: 'aeroalpes' }).api, 'http://aeroalpes:5000')
  assert.equal(leerDirecciones({ AEROALPES_ADDRESS: '127.0.0.1:8080' }).api, 'http://127.0.0.1:8080')
  assert.throws(() => leerDirecciones({ AEROALPES_ADDRESS: 'http://x/y' }), /AEROALPES_ADDRESS/)
})

test('SMTP_URL es una dirección de SMTP, o nada', () => {
  assert.equal(leerVariables(variablesNotificaciones, {}).SMTP_URL, '')
  for (const SMTP_URL of ['smtp://usuario:clave@correo:587', 'smtps://correo'])
    assert.equal(leerVariables(variablesNotificaciones, { SMTP_URL }).SMTP_URL, SMTP_URL)
})

test('todo lo que está mal se dice junto', () => {
  const mal = { SMTP_URL: 'http://correo', CORREO_REMITENTE: 'nadie', CORREO_PAGINA: 'https://vuelos.example/' }
  assert.throws(() => leerVariables(variablesNotificaciones, mal), /SMTP_URL[\s\S]*CORREO_REMITENTE[\s\S]*CORREO_PAGINA/)
})
