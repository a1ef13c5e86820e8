import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { juzgar } from './comprobador.ts'
import { ARCHIVOS, historiaDe, leerArchivos } from './historia.ts'
import { trucadasDe } from './trucadas.ts'

/** Una historia verdadera, de unos procesos muertos a golpes. Se graba otra con `pruebas/caidas/puerta.ts --sin-puntos --muertes 8 --guardar <carpeta>`. */
const CARPETA = join(import.meta.dirname, 'historia')
const VERDADERA = leerArchivos(CARPETA)
const TRUCADAS = trucadasDe(VERDADERA)
const LEYES = ['L1', 'L2', 'L3', 'L5', 'L6', 'L7', 'L8'] as const

test('la historia verdadera cumple todas las leyes', () => {
  assert.deepEqual(juzgar(historiaDe(VERDADERA)), [])
})

test('ninguna historia trucada se acepta, y de cada una se dice la ley que rompe y ninguna otra', async (t) => {
  for (const { nombre, leyes, archivos } of TRUCADAS)
    await t.test(`${leyes.join(' y ')}: ${nombre}`, () => {
      const faltas = juzgar(historiaDe(archivos))
      assert.deepEqual([...new Set(faltas.map(({ ley }) => ley))].sort(), [...leyes].sort(), JSON.stringify(faltas, null, 1))
    })
})

test('son más de cien, todas distintas, y hay de todas las leyes', (t) => {
  assert.ok(TRUCADAS.length >= 100, `${TRUCADAS.length}`)
  assert.equal(new Set(TRUCADAS.map(({ archivos }) => JSON.stringify(archivos))).size, TRUCADAS.length)
  const cuantas = LEYES.map((ley) => [ley, TRUCADAS.filter(({ leyes }) => leyes[0] === ley).length] as const)
  assert.deepEqual(
    cuantas.filter(([, veces]) => veces === 0),
    [],
  )
  t.diagnostic(`${TRUCADAS.length} historias trucadas: ${cuantas.map(([ley, veces]) => `${ley} ${veces}`).join(', ')}`)
})

const comprobador = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'comprobador.ts'), ...args], { encoding: 'utf8' })

test('desde la línea de comandos: termina en 0 si todo se cumple, en 1 si no, y dice qué', (t) => {
  const bien = comprobador(CARPETA)
  assert.equal(bien.status, 0, bien.stderr)
  assert.match(bien.stdout, /^intentos=\d+ mensajes=\d+ perdidos=0 duplicados=0 desorden=0 inexplicados=0\n$/)
  const copia = mkdtempSync(join(tmpdir(), 'trucada-'))
  t.after(() => rmSync(copia, { recursive: true }))
  cpSync(CARPETA, copia, { recursive: true })
  writeFileSync(join(copia, ARCHIVOS.buzon), '{"evento":"ninguno"}\n', { flag: 'a' })
  const mal = comprobador(copia)
  assert.equal(mal.status, 1, mal.stderr)
  assert.match(mal.stdout, /^L8 inexplicado: salió un correo de ninguno, que no ocurrió\n/)
  assert.equal(comprobador().status, 2)
})
