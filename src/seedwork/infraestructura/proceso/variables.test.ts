import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { leerVariables } from '../variables.ts'
import { variablesDeApi, variablesProceso } from './variables.ts'

test('la dirección de la API lleva su puerto, o el de siempre', () => {
  const leer = (env: NodeJS.ProcessEnv) => leerVariables(variablesDeApi, env).AEROALPES_ADDRESS
  assert.equal(leer({}), 'http://localhost:5000')
  assert.equal(leer({ AEROALPES_ADDRESS: 'aeroalpes' }), 'http://aeroalpes:5000')
  assert.equal(leer({ AEROALPES_ADDRESS: '127.0.0.1:8080' }), 'http://127.0.0.1:8080')
  assert.throws(() => leer({ AEROALPES_ADDRESS: 'http://x/y' }), /AEROALPES_ADDRESS/)
})

test('la clave se puede decir en una variable: una corta no vale, y lo que se dijo no se repite en el error', () => {
  const leer = (AEROALPES_CLAVE_ACTOR: string) => leerVariables(variablesProceso, { AEROALPES_CLAVE_ACTOR }).AEROALPES_CLAVE_ACTOR
  const clave = randomBytes(32)
  assert.deepEqual(leer(clave.toString('base64url')), clave)
  assert.equal(leer(''), '')
  assert.throws(
    () => leer('corta-y-secreta'),
    (error: Error) => /AEROALPES_CLAVE_ACTOR/.test(error.message) && !error.message.includes('secreta'),
  )
})
