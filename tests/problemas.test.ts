import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PROBLEMAS } from 'aeroalpes-api/api/problemas.ts'
import { CATALOGO } from 'seedwork/presentacion/catalogo.ts'
import { PROBLEMAS_COMUNES } from 'seedwork/presentacion/problemas_comunes.ts'
import { PROBLEMAS_DE_UI } from 'ui/web/problemas.ts'

const RAIZ = join(import.meta.dirname, '..')

/** Las formas en que el código da nombre a un error: la propiedad de `ErrorDominio`, sus atajos y las reglas. */
const FORMAS = [
  /new ErrorDominio\(\{[^}]*?codigo: '(\w+)'/gs,
  /\b(?:noEncontrado|noDisponible|conflicto|errorDeOrilla|problemaDeOrilla)\(\s*'(\w+)'/g,
  /\b(?:regla<.*>|new ReglaRota)\(\s*'(\w+)'/g,
  /super\(\{\s*codigo: '(\w+)'/g,
]

const codigosDe = (carpeta: string): readonly string[] =>
  globSync(`src/${carpeta}/**/*.ts`, {
    cwd: RAIZ,
    exclude: (ruta) => /node_modules|\.test\.ts$|\/pruebas(?:\/|$)|servidor_de_prueba|efectos_de_prueba|banco_de_prueba/.test(ruta),
  }).flatMap((ruta) => {
    const texto = readFileSync(join(RAIZ, ruta), 'utf8')
    return FORMAS.flatMap((forma) => [...texto.matchAll(forma)].map(([, codigo = '']) => codigo))
  })

const DE_LA_ORILLA = Object.keys(CATALOGO)
const sinOrilla = (codigos: readonly string[]): readonly string[] =>
  [...new Set(codigos)].filter((codigo) => !DE_LA_ORILLA.includes(codigo)).sort()

for (const [carpeta, documentados] of [
  ['seedwork', PROBLEMAS_COMUNES],
  ['aeroalpes', PROBLEMAS],
  ['ui', PROBLEMAS_DE_UI],
] as const)
  test(`cada código que lanza src/${carpeta} tiene su explicación, y ninguna sobra`, () =>
    assert.deepEqual(Object.keys(documentados).sort(), sinOrilla(codigosDe(carpeta))))

test('cada explicación dice, en los dos idiomas, qué significa y qué hacer', () => {
  for (const [codigo, { significa, hacer }] of Object.entries({ ...PROBLEMAS_COMUNES, ...PROBLEMAS, ...PROBLEMAS_DE_UI }))
    for (const frase of [significa.es, significa.en, hacer.es, hacer.en]) assert.match(frase, /^[\p{Lu}¿«].{10,}\.$/u, codigo)
})
