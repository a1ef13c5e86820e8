import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { leerVariables, puerto, texto, unoDe, VariablesInvalidas } from './variables.ts'

const esquema = { HOST: texto('127.0.0.1'), PUERTO: puerto(5000), MODO: unoDe('a', 'b') }

test('lo que falta, o está vacío, vale lo de siempre', () => {
  assert.deepEqual(leerVariables(esquema, { PUERTO: '' }), { HOST: '127.0.0.1', PUERTO: 5000, MODO: 'a' })
})

test('lee lo que se da y nada más', () => {
  assert.deepEqual(leerVariables(esquema, { HOST: '::1', PUERTO: '0', MODO: 'b', OTRA: 'x' }), { HOST: '::1', PUERTO: 0, MODO: 'b' })
})

test('dice todos los problemas de una vez, cada uno con lo que debe ser', () => {
  assert.throws(
    () => leerVariables(esquema, { PUERTO: '70000', MODO: 'c' }),
    (error) =>
      error instanceof VariablesInvalidas &&
      error.problemas.length === 2 &&
      /PUERTO=70000.*0 a 65535/.test(error.message) &&
      /MODO=c: debe ser a o b/.test(error.message),
  )
})

test('una secreta se puede decir en un archivo; de las dos formas, o en uno que no se lee, se dice y no se repite lo que vale', (t) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-variables-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  const archivo = join(carpeta, 'token')
  writeFileSync(archivo, 'abracadabra\n')
  const secreto = { TOKEN: { ...texto(''), secreta: true }, HOST: texto('h') } as const
  assert.deepEqual(leerVariables(secreto, { TOKEN_ARCHIVO: archivo, HOST_ARCHIVO: archivo }), { TOKEN: 'abracadabra', HOST: 'h' })
  const obligatoria = ({ TOKEN }: NodeJS.ProcessEnv) => (TOKEN ? undefined : 'falta')
  assert.equal(leerVariables(secreto, { TOKEN_ARCHIVO: archivo }, [obligatoria]).TOKEN, 'abracadabra')
  assert.throws(
    () => leerVariables(secreto, { TOKEN: 'otra', TOKEN_ARCHIVO: archivo }),
    (error: Error) => /TOKEN_ARCHIVO: dila de una sola forma/.test(error.message) && !/abracadabra|otra/.test(error.message),
  )
  assert.throws(() => leerVariables(secreto, { TOKEN_ARCHIVO: join(carpeta, 'no') }), /TOKEN_ARCHIVO=.*ENOENT/)
})
