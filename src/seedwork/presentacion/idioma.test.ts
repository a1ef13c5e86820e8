import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idiomaDe } from './idioma.ts'

const casos: readonly (readonly [string | undefined, 'es' | 'en'])[] = [
  [undefined, 'es'],
  ['', 'es'],
  ['en', 'en'],
  ['EN-us', 'en'],
  ['es-CO', 'es'],
  ['fr', 'es'],
  ['fr, en;q=0.3', 'en'],
  ['es;q=0.4, en;q=0.9', 'en'],
  ['en;q=0.4,es;q=0.9', 'es'],
  ['en, es', 'en'],
  ['es, en', 'es'],
  ['es;q=0.5, en;q=0.5', 'es'],
  ['*', 'es'],
  ['es;q=0, *', 'en'],
  ['en;q=0, *', 'es'],
  ['es;q=0, en;q=0', 'es'],
  ['*;q=0.8, en;q=0.5', 'es'],
  ['*;q=0.1, en;q=0.5', 'en'],
  ['en;q=2', 'es'],
  ['en;q=hola, es', 'es'],
  [' en ; q = 0.8 , es;q=0.7', 'en'],
  [`${'x'.repeat(16_000)},en`, 'es'],
]

for (const [cabecera, idioma] of casos) {
  test(`Accept-Language ${JSON.stringify(cabecera?.slice(0, 40))} se responde en ${idioma}`, () => {
    assert.equal(idiomaDe(cabecera), idioma)
  })
}
