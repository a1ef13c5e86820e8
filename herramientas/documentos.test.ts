import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { bloquesDe } from './bloques.ts'

const RAIZ = dirname(import.meta.dirname)
const leer = (ruta: string): string => readFileSync(join(RAIZ, ruta), 'utf8')
const rutas = (patron: string): readonly string[] => globSync(patron, { cwd: RAIZ }).map((ruta) => ruta.replaceAll('\\', '/'))
const DECISIONES = rutas('docs/decisiones/*.md').toSorted()
const DOCUMENTOS = [...rutas('*.md'), ...rutas('docs/**/*.md')]

type Paquete = Readonly<{ scripts?: Record<string, string>; workspaces?: readonly string[]; dependencies?: Record<string, string> }>
const paquete = (ruta: string): Paquete & { name: string } => JSON.parse(leer(ruta))

test('cada dependencia de ejecución tiene su razón en la decisión 5, y ninguna sobra', () => {
  const paquetes = rutas('src/*/package.json').map(paquete)
  const propios = new Set(paquetes.map(({ name }) => name))
  const directas = new Set(paquetes.flatMap(({ dependencies = {} }) => Object.keys(dependencies)).filter((nombre) => !propios.has(nombre)))
  const filas = [...leer('docs/decisiones/0005-dependencias-de-ejecucion.md').matchAll(/^\| `([^`]+)` \| .+ \| .+ \|$/gm)]
  assert.deepEqual(filas.map(([, nombre]) => nombre).toSorted(), [...directas].toSorted())
})

test('las decisiones van numeradas sin saltos, caben en una página y dicen lo mismo', () => {
  for (const [i, ruta] of DECISIONES.entries()) {
    const texto = leer(ruta)
    assert.equal(Number(basename(ruta).slice(0, 4)), i + 1, ruta)
    assert.ok(texto.startsWith(`# ${i + 1}. `), ruta)
    assert.ok(texto.split('\n').length <= 61, `${ruta} pasa de 60 líneas`)
    const secciones = [...texto.matchAll(/^## (.+)$/gm)].map(([, titulo]) => titulo)
    for (const seccion of ['Contexto', 'Decisión', 'Por qué no lo otro', 'Consecuencias'])
      assert.ok(secciones.includes(seccion), `${ruta}: ${seccion}`)
  }
})

test('ningún documento nombra un guion de npm que no exista', () => {
  const { scripts = {} } = paquete('package.json')
  const conocidos = new Set(['ci', ...Object.keys(scripts)])
  for (const ruta of DOCUMENTOS)
    for (const [orden, , nombre = ''] of leer(ruta).matchAll(/(?:^|`|; )npm (run )?(?:-s )?([a-z]+(?::[a-z]+)?)/gm))
      assert.ok(conocidos.has(nombre), `${ruta}: ${orden}`)
})

test('fuera de los README no hay órdenes en bloques que nadie correría', () => {
  for (const ruta of DOCUMENTOS.filter((documento) => !documento.startsWith('README')))
    assert.doesNotMatch(leer(ruta), /^```(?:sh|bash|shell|console)/m, ruta)
})

/** Lo que alguien escribió: sin las tablas que salen de otra parte. */
const escrito = (texto: string): string => texto.replace(/<!-- generado: (\w+) -->.*<!-- fin: \1 -->/s, '')

test('los dos README caben en 900 palabras, sin lo generado, y llevan las mismas órdenes', () => {
  const [espanol = '', ingles = ''] = ['README.md', 'README.en.md'].map(leer)
  for (const texto of [espanol, ingles]) assert.ok(escrito(texto).split(/\s+/).length <= 900)
  const ordenes = (texto: string) => bloquesDe(texto).map(({ orden }) => orden.replaceAll(" -H 'Accept-Language: en'", ''))
  assert.deepEqual(ordenes(ingles), ordenes(espanol))
})
