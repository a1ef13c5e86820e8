import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { DESTINO, textoDeAeropuertos } from './aeropuertos.ts'

const guardado = readFileSync(join(dirname(import.meta.dirname), DESTINO), 'utf8').replaceAll('\r\n', '\n')

test('la lista de aeropuertos guardada es la que se genera; si no, corre: node herramientas/aeropuertos.ts', () =>
  assert.ok(guardado === textoDeAeropuertos()))

test('la lista dice de quién son los datos y con qué licencia', () => assert.match(guardado, /^# .*\n# .*OpenTravelData.*CC BY/))
