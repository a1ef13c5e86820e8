import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { porQueNo } from 'seedwork/infraestructura/proceso/sano.ts'
import { unosServicios } from './apoyo/servicios.ts'
import { RAIZ, unBanco } from './apoyo/servidor.ts'

const TERMINO_BIEN = { codigo: 0, senal: null }

test('migrar pone al día el almacén y termina; repetirlo no cambia nada, y con la API corriendo no se mete', async (t) => {
  const banco = unBanco(t)
  const migrar = () => banco.lanzar({ args: [join(RAIZ, 'src/local/servicio.ts'), 'migrar'] })
  for (const _ of [1, 2]) {
    const proceso = migrar()
    assert.deepEqual(await proceso.fin(), TERMINO_BIEN, proceso.errores())
    assert.match(proceso.salida(), /al día/)
  }
  assert.ok(existsSync(join(banco.carpeta, 'aeroalpes.db')))
  const servicios = unosServicios(banco, { smtp: 'smtp://127.0.0.1:1' })
  await servicios.arrancar('api')
  const tarde = migrar()
  assert.deepEqual(await tarde.fin(), { codigo: 1, senal: null })
  assert.match(tarde.errores(), /ya la usa http:/)
})

test('sano dice que sí mientras el proceso atiende, y que no antes, después y muerto', async (t) => {
  const banco = unBanco(t)
  const servicios = unosServicios(banco, { smtp: 'smtp://127.0.0.1:1' })
  assert.equal(await porQueNo(banco.carpeta, 'api'), 'todavía no está listo')
  const api = await servicios.arrancar('api')
  const sidecar = await servicios.arrancar('sidecar')
  assert.equal(await porQueNo(banco.carpeta, 'api'), undefined)
  assert.equal(await porQueNo(banco.carpeta, 'sidecar'), undefined)
  const sano = banco.lanzar({ args: [join(RAIZ, 'src/seedwork/infraestructura/proceso/sano.ts'), 'api'] })
  assert.deepEqual(await sano.fin(), TERMINO_BIEN, sano.errores())
  for (const proceso of [api, sidecar]) {
    proceso.senal('SIGKILL')
    await proceso.fin()
  }
  assert.match((await porQueNo(banco.carpeta, 'api')) ?? '', /ESRCH/)
  assert.match((await porQueNo(banco.carpeta, 'sidecar')) ?? '', /ESRCH/)
})
