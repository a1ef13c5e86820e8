import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'

const RAIZ = dirname(import.meta.dirname)
const CARPETAS = { seedwork: 'seedwork', aeroalpes: 'aeroalpes-api', notificaciones: 'notificaciones', local: 'local' }
const VUELOS = 'src/aeroalpes/modulos/vuelos'
const CLIENTE = 'src/aeroalpes/modulos/cliente'

const BASE: Readonly<Record<string, string>> = {
  'src/seedwork/dominio/a.ts': 'export const a = 1',
  'src/seedwork/infraestructura/puerto.ts': 'export const p = 1\nexport type P = number',
  [`${VUELOS}/index.ts`]: "export * from './aplicacion/handlers.ts'",
  [`${VUELOS}/dominio/entidades.ts`]: "import 'seedwork/dominio/a.ts'\nimport 'node:crypto'\nimport './eventos.ts'",
  [`${VUELOS}/dominio/eventos.ts`]: 'export const e = 1',
  [`${VUELOS}/dominio/entidades.test.ts`]: "import 'fastify'\nimport '../infraestructura/tablas.ts'",
  [`${VUELOS}/aplicacion/handlers.ts`]:
    "import '../dominio/entidades.ts'\nimport type { P } from 'seedwork/infraestructura/puerto.ts'\nexport type Q = P",
  [`${VUELOS}/infraestructura/tablas.ts`]: "import 'kysely'\nimport '../aplicacion/handlers.ts'",
  [`${CLIENTE}/index.ts`]: "import '../vuelos/index.ts'\nexport const c = 1",
  'src/aeroalpes/main.ts': "import './modulos/vuelos/index.ts'\nimport 'fastify'",
  'src/notificaciones/main.ts': "import 'seedwork/dominio/a.ts'",
  'src/local/main.ts': "import 'aeroalpes-api/main.ts'\nimport 'notificaciones/main.ts'",
  'pruebas/comprobador/comprobador.ts': "import 'node:fs'\nimport './leyes.ts'",
  'pruebas/comprobador/leyes.ts': 'export const l = 1',
  'tests/e2e.test.ts': "import '../src/aeroalpes/modulos/vuelos/dominio/eventos.ts'\nimport 'notificaciones/main.ts'",
}

/** Las reglas rotas en una copia del árbol de juguete con `cambios`, cada una como `regla: de → a`. */
const rotas = (t: TestContext, cambios: Readonly<Record<string, string>>): readonly string[] => {
  const raiz = realpathSync(mkdtempSync(join(tmpdir(), 'fronteras-')))
  t.after(() => rmSync(raiz, { recursive: true, force: true }))
  const escribir = (ruta: string, texto: string): void => {
    mkdirSync(dirname(join(raiz, ruta)), { recursive: true })
    writeFileSync(join(raiz, ruta), texto)
  }
  mkdirSync(join(raiz, 'node_modules'))
  for (const nombre of ['fastify', 'kysely', 'pino'])
    symlinkSync(join(RAIZ, 'node_modules', nombre), join(raiz, 'node_modules', nombre), 'junction')
  for (const [carpeta, name] of Object.entries(CARPETAS)) {
    const dependencies = carpeta === 'aeroalpes' ? { fastify: '*', kysely: '*', seedwork: '*' } : {}
    escribir(`src/${carpeta}/package.json`, JSON.stringify({ name, type: 'module', exports: { './*': './*' }, dependencies }))
    symlinkSync(join(raiz, 'src', carpeta), join(raiz, 'node_modules', name), 'junction')
  }
  for (const archivo of ['.dependency-cruiser.cjs', 'tsconfig.json']) copyFileSync(join(RAIZ, archivo), join(raiz, archivo))
  for (const [ruta, texto] of Object.entries({ ...BASE, ...cambios })) escribir(ruta, `${texto}\n`)
  const guion = join(RAIZ, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const { stdout, stderr } = spawnSync(process.execPath, [guion, '--output-type', 'json', 'src', 'tests', 'pruebas'], {
    cwd: raiz,
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string; to: string }[] } }
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
}

const ROTURAS: readonly (readonly [regla: string, ruta: string, texto: string])[] = [
  ['servicios-aislados', 'src/notificaciones/main.ts', "import 'aeroalpes-api/main.ts'"],
  ['servicios-aislados', 'src/seedwork/infraestructura/otro.ts', "import '../../notificaciones/main.ts'"],
  ['servicios-aislados', 'src/aeroalpes/otro.ts', "import type {} from 'local/main.ts'"],
  ['dominio-puro', `${VUELOS}/dominio/otro.ts`, "import type {} from 'kysely'"],
  ['dominio-puro', `${VUELOS}/dominio/otro.ts`, "import '../aplicacion/handlers.ts'"],
  ['dominio-puro', `${VUELOS}/dominio/otro.ts`, "import '../../cliente/index.ts'"],
  ['dominio-puro', 'src/seedwork/dominio/otro.ts', "import '../infraestructura/puerto.ts'"],
  ['dominio-puro-aplicacion', `${VUELOS}/aplicacion/otro.ts`, "import '../infraestructura/tablas.ts'"],
  ['dominio-puro-aplicacion', `${VUELOS}/aplicacion/comandos/otro.ts`, "import type {} from 'fastify'"],
  ['dominio-puro-puertos', `${VUELOS}/aplicacion/otro.ts`, "import { p } from 'seedwork/infraestructura/puerto.ts'\nexport const q = p"],
  ['modulos-por-su-puerta', `${CLIENTE}/aplicacion/otro.ts`, "import type {} from '../../vuelos/dominio/eventos.ts'"],
  ['modulos-por-su-puerta-desde-fuera', 'src/aeroalpes/api/vuelos.ts', "import '../modulos/vuelos/aplicacion/handlers.ts'"],
  ['modulos-por-su-puerta-desde-fuera', 'src/local/otro.ts', "import 'aeroalpes-api/modulos/vuelos/dominio/eventos.ts'"],
  ['comprobador-independiente', 'pruebas/comprobador/otro.ts', "import 'seedwork/dominio/a.ts'"],
  ['comprobador-independiente', 'pruebas/comprobador/otro.ts', "import type {} from '../../tests/e2e.test.ts'"],
  ['comprobador-independiente', 'pruebas/comprobador/otro.ts', "import 'fastify'"],
  ['sin-ciclos', `${VUELOS}/dominio/eventos.ts`, "import type {} from './entidades.ts'\nexport const e = 1"],
  ['sin-dependencias-fantasma', 'src/notificaciones/otro.ts', "import 'pino'"],
  ['sin-imports-rotos', 'src/notificaciones/otro.ts', "import 'no-existe'"],
]

test('B17 el árbol bien hecho no rompe ninguna frontera, y las pruebas importan lo que quieran', (t) => {
  assert.deepEqual(rotas(t, {}), [])
})

test('B17 cada import prohibido rompe su regla', (t) => {
  const porArchivo = ROTURAS.map(([regla, ruta, texto], i) => ({ regla, texto, ruta: ruta.replace('otro.ts', `otro_${i}.ts`) }))
  const halladas = rotas(t, Object.fromEntries(porArchivo.map(({ ruta, texto }) => [ruta, texto])))
  for (const { regla, ruta, texto } of porArchivo)
    assert.ok(
      halladas.some((hallada) => hallada.startsWith(`${regla}: `) && hallada.includes(ruta)),
      `${regla} no vio en ${ruta}: ${texto}\n${halladas.join('\n')}`,
    )
})
