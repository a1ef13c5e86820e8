import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { type Bloque, bloquesDe, diferencia, variablesDe } from '../herramientas/bloques.ts'
import { ocuparPuerto } from './procesos/apoyo/enchufes.ts'

const RAIZ = dirname(import.meta.dirname)
const FIN_DE_BLOQUE = '\x1e'
const FIN_DE_SALIDA = '\x1f'

/**
 * Todas las órdenes corren tal como están escritas, en una sola shell, salvo tres:
 * - `npm start` no devuelve el control: aquí corre el de verdad, en segundo plano, y se sigue cuando imprimió su recuadro y su credencial.
 *   De lo que imprimió se muestra lo que se ve en una terminal: sin el encabezado de npm ni la bitácora en JSON.
 * - `npm run servicio` tampoco: se sigue cuando dejó dicho dónde atiende.
 * - `npm test` es esto mismo, y se llamaría a sí mismo sin fin: que llegara hasta aquí es su prueba.
 */
const PREAMBULO = `
set -eu
arranques=0
npm() {
  case "$*" in
    start) arrancar ;;
    test) ;;
    "run servicio -- "*) servir "$4" ;;
    *) command npm "$@" ;;
  esac
}
arrancar() {
  arranques=$((arranques + 1))
  salida="arranque-$arranques.txt"
  command npm start > "$salida" 2>&1 &
  intentos=0
  until grep -q '^X-Actor: ' "$salida"; do
    intentos=$((intentos + 1))
    if [ "$intentos" -gt 300 ]; then cat "$salida" >&2; exit 1; fi
    sleep 0.1
  done
  grep -v -e '^{' -e '^>' -e '^npm ' "$salida"
}
servir() {
  while [ -f datos/direcciones.json ] || [ -f "datos/direcciones-$1.json" ]; do sleep 0.1; done
  command npm run servicio -- "$1" > "servicio-$1.txt" 2>&1 &
  intentos=0
  until [ -f "datos/direcciones-$1.json" ]; do
    intentos=$((intentos + 1))
    if [ "$intentos" -gt 300 ]; then cat "servicio-$1.txt" >&2; exit 1; fi
    sleep 0.1
  done
}
`
const DESPEDIDA = `cat datos/direcciones*.json | sed 's/.*"pid":\\([0-9]*\\).*/\\1/' | xargs kill; wait || true\n`

const guionDe = (bloques: readonly Bloque[]): string => {
  const variables = variablesDe(bloques)
    .map((nombre) => `printf '%s=%s\\n' ${nombre} "\${${nombre}-}"\n`)
    .join('')
  const cuerpo = bloques.map(({ orden }) => `${orden}\nprintf '${FIN_DE_SALIDA}'\n${variables}printf '${FIN_DE_BLOQUE}'\n`)
  return [PREAMBULO, ...cuerpo, DESPEDIDA].join('\n')
}

/** Una carpeta que se ve como el repositorio, pero con su propia `datos/`: la del que corre las pruebas no se toca. */
const copiaDelRepositorio = (t: TestContext): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-readme-'))
  t.after(() => rmSync(carpeta, { recursive: true, force: true }))
  for (const nombre of readdirSync(RAIZ))
    if (nombre !== 'datos' && nombre !== '.git') symlinkSync(join(RAIZ, nombre), join(carpeta, nombre))
  mkdirSync(join(carpeta, 'datos'))
  return carpeta
}

type Salida = Readonly<{ texto: string; variables: ReadonlyMap<string, string> }>

/** Lo que imprimió cada bloque y cuánto valían las variables al terminarlo. */
const correr = async (t: TestContext, bloques: readonly Bloque[]): Promise<readonly Salida[]> => {
  const cwd = copiaDelRepositorio(t)
  // Cualquiera libre, y el mismo cada vez que la API se arranca: como el 5000 de quien sigue el README.
  const api = await ocuparPuerto(0)
  api.soltar()
  const { NODE_TEST_CONTEXT: _, ...heredado } = process.env
  const env = { ...heredado, AEROALPES_PUERTO: String(api.puerto), SIDECAR_PUERTO: '0', AEROALPES_DATOS: join(cwd, 'datos'), NO_COLOR: '1' }
  const shell = spawn('sh', ['-c', guionDe(bloques)], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => {
    try {
      process.kill(-(shell.pid ?? 0), 'SIGKILL') // lo que quedara vivo si algo falló a mitad de camino
    } catch {}
  })
  const [salida, errores, [codigo]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'exit')])
  const terminados = salida.split(FIN_DE_BLOQUE).slice(0, -1)
  assert.equal(codigo, 0, `falló el bloque de la línea ${bloques[terminados.length]?.linea}:\n${errores}`)
  return terminados.map((terminado) => {
    const [texto = '', valores = ''] = terminado.split(FIN_DE_SALIDA)
    return { texto, variables: new Map(valores.split('\n').map((linea) => linea.split('=', 2) as [string, string])) }
  })
}

/** Lo que se hace sobre un Pulsar va al final, y sin uno no se corre. Si el 8080 de esta máquina es de otro, en otro puerto. */
const hastaPulsar = (t: TestContext, bloques: readonly Bloque[]): readonly Bloque[] => {
  const puerto = process.env.README_PULSAR_HTTP
  if (puerto !== undefined) return bloques.map((bloque) => ({ ...bloque, orden: bloque.orden.replace('=8080', `=${puerto}`) }))
  t.diagnostic('lo que pide un Pulsar no se corre aquí: `npm run test:pulsar -- readme`')
  return bloques.slice(
    0,
    bloques.findIndex(({ orden }) => orden.includes('BROKER=pulsar')),
  )
}

for (const documento of ['README.md', 'README.en.md'])
  test(`cada bloque de ${documento} corre y responde lo que ahí dice`, async (t) => {
    if (process.platform === 'win32') return t.diagnostic('los bloques son de sh')
    const todos = bloquesDe(readFileSync(join(RAIZ, documento), 'utf8'))
    const conGrpcurl = spawnSync('grpcurl', ['-version']).error === undefined
    if (!conGrpcurl) t.diagnostic('sin grpcurl, sus órdenes no se corren aquí; en la integración continua sí')
    const bloques = hastaPulsar(t, todos).filter(({ orden }) => conGrpcurl || !orden.includes('grpcurl'))
    assert.ok(
      bloques.some(({ respuesta }) => respuesta !== undefined),
      'no hay nada que comparar',
    )
    const salidas = await correr(t, bloques)
    assert.equal(salidas.length, bloques.length)
    for (const [i, { linea, respuesta }] of bloques.entries()) {
      const { texto, variables } = salidas[i] as Salida
      const distinta = respuesta === undefined ? undefined : diferencia(respuesta, texto, variables)
      if (distinta !== undefined) assert.equal(distinta.obtenida, distinta.esperada, `${documento}:${linea}`)
    }
  })
