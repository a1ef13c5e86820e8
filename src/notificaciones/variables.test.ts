import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { variablesNotificaciones } from './variables.ts'

test('SMTP_URL es una dirección de SMTP, o nada', () => {
  assert.equal(leerVariables(variablesNotificaciones, {}).SMTP_URL, '')
  for (const SMTP_URL of ['smtp://usuario:clave@correo:587', 'smtps://correo'])
    assert.equal(leerVariables(variablesNotificaciones, { SMTP_URL }).SMTP_URL, SMTP_URL)
})

test('todo lo que está mal se dice junto', () => {
  const mal = { SMTP_URL: 'http://correo', CORREO_REMITENTE: 'nadie', CORREO_PAGINA: 'https://vuelos.example/' }
  assert.throws(() => leerVariables(variablesNotificaciones, mal), /SMTP_URL[\s\S]*CORREO_REMITENTE[\s\S]*CORREO_PAGINA/)
})
