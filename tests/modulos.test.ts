import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const RAIZ = join(import.meta.dirname, '..')

/** Lo que se corre al importarlo: procesos y los hijos de las pruebas. Esos se prueban corriéndolos. */
const SE_CORRE =
  /\.(?:test|pulsar)\.ts$|_hijo\.ts$|^src\/[^/]+\/(?:main|mensajes|servicio|cliente|armar|migrar|revisar_datos)\.ts$|\/proceso\/sano\.ts$/

const modulos = globSync('src/**/*.ts', { cwd: RAIZ, exclude: ['**/node_modules/**'] })
  .map((ruta) => ruta.replaceAll('\\', '/'))
  .filter((ruta) => !SE_CORRE.test(ruta))

test('B22 cada módulo de src se puede importar', async () => {
  assert.ok(modulos.length > 100)
  for (const ruta of modulos) await assert.doesNotReject(import(join(RAIZ, ruta)), ruta)
})

test('y ninguno está vacío: todos exportan algo o lo reexportan', () => {
  const vacios = modulos.filter((ruta) => !/^(?:export|declare)\b/m.test(readFileSync(join(RAIZ, ruta), 'utf8')))
  assert.deepEqual(vacios, [])
})
