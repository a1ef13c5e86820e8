import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'

const CANDADO = { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', dev: true } }

/** Hace lo que `npm ci` deja a la vista: los paquetes y, al final, el candado oculto. Apunta con qué argumentos lo llamaron. */
const NPM = `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n')
if (process.env.NPM_FALLA) process.exit(1)
const sinDev = process.argv.includes('--omit=dev')
const todos = Object.entries(JSON.parse(readFileSync('package-lock.json', 'utf8')).packages)
const packages = Object.fromEntries(todos.filter(([ruta, p]) => ruta !== '' && !p.optional && !(sinDev && p.dev)))
for (const ruta of Object.keys(packages)) {
  mkdirSync(ruta, { recursive: true })
  writeFileSync(ruta + '/package.json', '{}')
}
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }))
`

/** Finge, sin tocar nada más, que el lanzador corre en otra versión de Node. */
const version = (v: string): string => `--import=data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${v}'})`

type Opciones = Readonly<{ modo?: string; args?: readonly string[]; node?: readonly string[]; env?: NodeJS.ProcessEnv }>

/** Un repositorio de juguete con su propia copia del lanzador, un candado y un npm que instala sin red. */
const repositorio = (t: TestContext, principal: string, candado: object = CANDADO) => {
  const raiz = mkdtempSync(join(tmpdir(), 'arranque-'))
  t.after(() => rmSync(raiz, { recursive: true, force: true }))
  const escribir = (ruta: string, texto: string): void => {
    mkdirSync(dirname(join(raiz, ruta)), { recursive: true })
    writeFileSync(join(raiz, ruta), texto)
  }
  mkdirSync(join(raiz, 'herramientas'))
  for (const nombre of ['arranque.mjs', 'opciones_de_node.json'])
    copyFileSync(join(import.meta.dirname, nombre), join(raiz, 'herramientas', nombre))
  escribir('npm-cli.js', NPM)
  escribir('package-lock.json', JSON.stringify({ packages: candado }))
  escribir('main.ts', principal)
  const orden = ({ modo = 'ejecutar', args = [], node = [] }: Opciones): readonly string[] => [
    ...node,
    join(raiz, 'herramientas/arranque.mjs'),
    modo,
    'main.ts',
    ...args,
  ]
  const entorno = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
    const { NODE_TEST_CONTEXT: _, ...heredado } = process.env
    return { ...heredado, npm_execpath: join(raiz, 'npm-cli.js'), npm_node_execpath: process.execPath, ...env }
  }
  return {
    raiz,
    escribir,
    correr: (opciones: Opciones = {}) => spawnSync(process.execPath, orden(opciones), { env: entorno(opciones.env), encoding: 'utf8' }),
    lanzar: (opciones: Opciones = {}): ChildProcess => spawn(process.execPath, orden(opciones), { env: entorno(opciones.env) }),
    npm: (): readonly string[] => (existsSync(join(raiz, 'npm.log')) ? readFileSync(join(raiz, 'npm.log'), 'utf8').trim().split('\n') : []),
  }
}

const primeraLinea = async (proceso: ChildProcess): Promise<string> => {
  assert.ok(proceso.stdout)
  const [linea] = await once(createInterface(proceso.stdout), 'line')
  return String(linea)
}

test('instala sólo lo de ejecutar la primera vez y nada la segunda', (t) => {
  const repo = repositorio(t, 'console.log(process.argv.slice(2).join("|") satisfies string)')
  const primera = repo.correr({ args: ['uno', 'dos tres'] })
  assert.equal(primera.stdout, 'uno|dos tres\n')
  assert.match(primera.stderr, /Instalando lo que falta para ejecutar/)
  const segunda = repo.correr()
  assert.equal(segunda.stderr, '')
  assert.equal(repo.npm().length, 1)
  assert.match(repo.npm()[0] ?? '', /^ci --ignore-scripts .*--omit=dev$/)
})

test('probar instala también lo de desarrollo, y ejecutar después no lo quita', (t) => {
  const repo = repositorio(t, '')
  repo.correr()
  repo.correr({ modo: 'prueba' })
  assert.match(repo.npm()[1] ?? '', /--include=dev$/)
  repo.correr()
  assert.equal(repo.npm().length, 2)
  rmSync(join(repo.raiz, 'node_modules/a'), { recursive: true })
  repo.correr()
  assert.match(repo.npm()[2] ?? '', /--include=dev$/)
})

test('vuelve a instalar si la instalación anterior quedó a medias o el candado cambió', (t) => {
  const repo = repositorio(t, '')
  assert.equal(repo.correr({ env: { NPM_FALLA: '1' } }).status, 1)
  assert.equal(repo.correr().status, 0)
  repo.escribir('node_modules/.package-lock.json', '{"packages": {"node_mod')
  repo.correr()
  rmSync(join(repo.raiz, 'node_modules/.package-lock.json'))
  repo.correr()
  repo.escribir('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.1' } } }))
  repo.correr()
  assert.equal(repo.npm().length, 5)
})

test('no espera paquetes opcionales, que son de otras plataformas', (t) => {
  const repo = repositorio(t, '', { ...CANDADO, 'node_modules/otra': { version: '1.0.0', optional: true } })
  repo.correr()
  repo.correr()
  assert.equal(repo.npm().length, 1)
})

test('con un Node que no sirve y sin uno incluido lo dice en dos idiomas, con el remedio', (t) => {
  for (const v of ['20.19.0', '24.17.9', '25.3.0']) {
    const { status, stderr } = repositorio(t, '').correr({ node: [version(v)] })
    assert.equal(status, 1)
    assert.match(stderr, new RegExp(`Este Node es el ${v}.*instala Node 24.18.*\n.*install Node 24.18`))
  }
})

test('usa tal cual un Node que sirve', (t) => {
  for (const v of ['24.18.0', '26.0.0', '27.1.0']) assert.equal(repositorio(t, '').correr({ node: [version(v)] }).status, 0)
})

const INCLUIDO = `node_modules/node-${process.platform}-${process.arch}`
const sinIncluido = process.platform !== 'linux' && 'el Node incluido de juguete es un guion de shell con el nombre que tiene en Linux'
const conIncluido = (t: TestContext, guion: string) => {
  const repo = repositorio(t, 'console.log("corre")', { ...CANDADO, [INCLUIDO]: { version: '24.21.0', optional: true } })
  repo.correr() // el npm de juguete no instala opcionales: se pone a mano
  const instalado = { ...CANDADO, [INCLUIDO]: { version: '24.21.0' } }
  repo.escribir('node_modules/.package-lock.json', JSON.stringify({ packages: instalado }))
  repo.escribir('node_modules/b/package.json', '{}')
  repo.escribir(`${INCLUIDO}/package.json`, '{}')
  repo.escribir(`${INCLUIDO}/bin/node`, `#!/bin/sh\n${guion}\n`)
  chmodSync(join(repo.raiz, INCLUIDO, 'bin/node'), 0o755)
  return repo
}

test('con un Node viejo corre en el incluido', (t) => {
  if (sinIncluido) return t.diagnostic(sinIncluido)
  const { stdout, status } = conIncluido(t, `exec '${process.execPath}' "$@"`).correr({ node: [version('20.0.0')] })
  assert.deepEqual([stdout, status], ['corre\n', 0])
})

test('si el incluido no arranca dice por qué, da el remedio y no queda delante en el PATH de npm', (t) => {
  if (sinIncluido) return t.diagnostic(sinIncluido)
  const repo = conIncluido(t, 'echo "falta libatomic.so.1" >&2; exit 127')
  repo.escribir('node_modules/.bin/node', '')
  const { stderr, status } = repo.correr({ node: [version('20.0.0')] })
  assert.equal(status, 1)
  assert.match(stderr, /no arranca aquí \(falta libatomic\.so\.1\): instala Node 24\.18.*\n.*does not start here/)
  assert.equal(existsSync(join(repo.raiz, 'node_modules/.bin/node')), false)
})

test('termina con el código del hijo, o 128 más su señal', (t) => {
  assert.equal(repositorio(t, 'process.exit(7)').correr().status, 7)
  assert.equal(repositorio(t, 'process.kill(process.pid, "SIGKILL")').correr().status, 137)
})

const ESPERA = 'process.on("SIGTERM", () => process.exit(3)); console.log(process.pid); setInterval(() => {}, 1e9)'

test('entrega SIGTERM al hijo', async (t) => {
  const lanzador = repositorio(t, ESPERA).lanzar()
  await primeraLinea(lanzador)
  lanzador.kill('SIGTERM')
  assert.deepEqual(await once(lanzador, 'exit'), [3, null])
})

test('detiene al hijo cuando muere quien lo lanzó', async (t) => {
  if (process.platform === 'win32') return t.diagnostic('sin señales')
  const repo = repositorio(t, ESPERA, {})
  const orden = `'${process.execPath}' '${repo.raiz}/herramientas/arranque.mjs' ejecutar main.ts; true`
  const padre = spawn('sh', ['-c', orden])
  const hijo = Number(await primeraLinea(padre))
  const cierre = once(padre, 'close') // llega cuando nadie tiene ya su salida abierta: ni el lanzador ni el hijo
  padre.kill('SIGKILL')
  await cierre
  assert.throws(() => process.kill(hijo, 0), { code: 'ESRCH' })
})

test('no muestra el aviso de que algo de node es experimental', (t) => {
  assert.equal(repositorio(t, 'process.emitWarning("prueba", "ExperimentalWarning")', {}).correr().stderr, '')
})
