import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

const BITACORA = new URL('./bitacora.ts', import.meta.url).href

/** El programa que abre la bitácora y hace eso con ella. */
const conBitacora = (hacer: string): readonly string[] => [
  '--input-type=module',
  '-e',
  `const { abrirBitacora } = await import('${BITACORA}'); const { bitacora, vaciar } = await abrirBitacora('info'); ${hacer}`,
]

const leer = (salida: string): readonly unknown[] =>
  salida
    .split('\n')
    .filter(Boolean)
    .map((linea) => JSON.parse(linea).i)

const loQueDeja = (hacer: string): readonly unknown[] => {
  const { stdout, stderr } = spawnSync(process.execPath, conBitacora(hacer), { encoding: 'utf8' })
  assert.equal(stderr, '')
  return leer(stdout)
}

const MUCHAS = Array.from({ length: 2_000 }, (_, i) => i)
const ANOTAR = `for (let i = 0; i < ${MUCHAS.length}; i++) bitacora.info({ i }, 'línea');`

test('todas las líneas salen, enteras y en su orden, al vaciar', () =>
  assert.deepEqual(loQueDeja(`${ANOTAR} vaciar(); process.kill(process.pid, 'SIGKILL')`), MUCHAS))

test('también si el proceso sale sin vaciar', () => assert.deepEqual(loQueDeja(`${ANOTAR} process.exit(0)`), MUCHAS))

test('las que no llegan a juntarse salen solas', { timeout: 20_000 }, async (t) => {
  const hijo = spawn(process.execPath, conBitacora('bitacora.info({ i: 7 }); setInterval(() => {}, 60_000)'))
  t.after(() => hijo.kill('SIGKILL'))
  const [salio] = await once(hijo.stdout, 'data')
  assert.deepEqual(leer(String(salio)), [7])
})
