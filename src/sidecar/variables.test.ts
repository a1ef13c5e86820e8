import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { leerVariables, VariablesInvalidas } from 'seedwork/infraestructura/variables.ts'
import { crearSidecar } from './servidor.ts'
import { archivosTls, variablesSidecar } from './variables.ts'

const leer = (env: NodeJS.ProcessEnv) => leerVariables(variablesSidecar, env)

test('la API se nombra por su host, con puerto o sin él', () => {
  assert.equal(leer({}).AEROALPES_ADDRESS, 'http://localhost:5000')
  assert.equal(leer({ AEROALPES_ADDRESS: 'aeroalpes' }).AEROALPES_ADDRESS, 'http://aeroalpes:5000')
  assert.equal(leer({ AEROALPES_ADDRESS: '10.0.0.1:80' }).AEROALPES_ADDRESS, 'http://10.0.0.1:80')
  assert.equal(leer({ AEROALPES_ADDRESS: '[::1]:8000' }).AEROALPES_ADDRESS, 'http://[::1]:8000')
  for (const mala of ['http://aeroalpes', 'aeroalpes/ruta', 'a b', 'yo@aeroalpes', 'aeroalpes:puerto'])
    assert.throws(() => leer({ AEROALPES_ADDRESS: mala }), VariablesInvalidas, mala)
})

test('los archivos de TLS van juntos', () => {
  assert.equal(archivosTls(leer({})), undefined)
  assert.deepEqual(archivosTls(leer({ SIDECAR_TLS_CERT: 'c', SIDECAR_TLS_CLAVE: 'k' })), { cert: 'c', clave: 'k' })
  assert.deepEqual(archivosTls(leer({ SIDECAR_TLS_CERT: 'c', SIDECAR_TLS_CLAVE: 'k', SIDECAR_TLS_CA: 'a' })), {
    cert: 'c',
    clave: 'k',
    ca: 'a',
  })
  for (const env of [{ SIDECAR_TLS_CERT: 'c' }, { SIDECAR_TLS_CLAVE: 'k' }, { SIDECAR_TLS_CA: 'a' }])
    assert.throws(() => archivosTls(leer(env)), VariablesInvalidas)
})

test('sin TLS sólo se escucha en esta máquina, salvo que se pida lo contrario', async (t) => {
  const abrir = (inseguro: boolean) =>
    crearSidecar({ api: 'http://127.0.0.1:9', bitacora: pino({ level: 'silent' }), entorno: entornoReal, opciones: { inseguro } })
  const [seguro, inseguro] = await Promise.all([abrir(false), abrir(true)])
  t.after(() => Promise.all([seguro.detener(), inseguro.detener()]))
  await assert.rejects(seguro.escuchar({ host: '0.0.0.0', puerto: 0 }), VariablesInvalidas)
  assert.match(await seguro.escuchar({ host: '127.0.0.1', puerto: 0 }), /^127\.0\.0\.1:\d+$/)
  assert.match(await inseguro.escuchar({ host: '0.0.0.0', puerto: 0 }), /^0\.0\.0\.0:\d+$/)
})
