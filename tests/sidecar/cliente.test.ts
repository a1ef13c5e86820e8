import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { abrirApi } from '../apoyo/api.ts'
import { abrirSidecar } from '../apoyo/sidecar.ts'

const RAIZ = join(import.meta.dirname, '../..')
const correr = promisify(execFile)

test('el cliente de demostración crea, consulta y observa hasta el final', async (t) => {
  const api = await abrirApi()
  const sidecar = await abrirSidecar({ api: api.url })
  t.after(async () => {
    await sidecar.cerrar()
    await api.cerrar()
  })
  const { stdout } = await correr(process.execPath, [join(RAIZ, 'src/sidecar/cliente.ts'), sidecar.direccion])
  assert.match(
    stdout,
    /^Creada: OK, [0-9a-f-]{36}\nConsultada: PENDIENTE, 1 itinerario\n(?:Aprobar: (?:ACEPTADA|EN_PROCESO)\n)*Aprobar: COMPLETADA ReservaAprobada\n$/,
  )
})

/** Un Python con `grpcio-tools`, si lo hay: `.ci/run` pone uno. */
const PYTHON = process.env.AEROALPES_PYTHON

test('un cliente Python generado del contrato original del tutorial crea y consulta', async (t) => {
  if (PYTHON === undefined)
    return t.diagnostic('sin AEROALPES_PYTHON: aquí no hay un Python con grpcio-tools; en la integración continua sí')
  const api = await abrirApi()
  const sidecar = await abrirSidecar({ api: api.url })
  t.after(async () => {
    await sidecar.cerrar()
    await api.cerrar()
  })
  const { stdout } = await correr(PYTHON, [join(import.meta.dirname, 'tutorial/cliente.py'), sidecar.direccion])
  assert.match(stdout, /^OK [0-9a-f-]{36}\nOK la misma\nFAILED_PRECONDITION\n$/)
})
