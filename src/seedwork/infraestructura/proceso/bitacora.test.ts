import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'

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

/** Se le va quien lee, y sólo entonces hace eso. */
const sinLector = async (t: TestContext, hacer: string): Promise<Readonly<{ fin: readonly unknown[]; quejas: string }>> => {
  const hijo = spawn(process.execPath, conBitacora(`process.stdin.once('data', () => { ${hacer} })`))
  t.after(() => hijo.kill('SIGKILL'))
  const quejas = text(hijo.stderr)
  hijo.stdout.destroy()
  hijo.stdin.end('ya')
  return { fin: await once(hijo, 'exit'), quejas: await quejas }
}

test('si quien las lee se fue, el proceso sale en el acto y con su código', { timeout: 20_000 }, async (t) =>
  assert.deepEqual(await sinLector(t, `${ANOTAR} process.exit(3)`), { fin: [3, null], quejas: '' }),
)

test('y si no sale, sigue con lo suyo', { timeout: 20_000 }, async (t) => {
  const trabajar = `let vueltas = 0; setInterval(() => { ${ANOTAR} if (++vueltas === 50) process.exit(3) }, 1)`
  assert.deepEqual(await sinLector(t, trabajar), { fin: [3, null], quejas: '' })
})
