import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { anclas, enlacesRotos } from './enlaces.ts'

test('da a cada título el ancla de la página, y numera las repetidas', () => {
  const texto = '# Qué es, y para quién\n## `npm start`\n## Uso\n```\n# no\n```\n## Uso\n<a id="propia"></a>'
  assert.deepEqual([...anclas(texto)], ['qué-es-y-para-quién', 'npm-start', 'uso', 'uso-1', 'propia'])
})

test('encuentra cada enlace relativo roto, con su línea, y nada más', (t) => {
  const raiz = mkdtempSync(join(tmpdir(), 'enlaces-'))
  t.after(() => rmSync(raiz, { recursive: true }))
  mkdirSync(join(raiz, 'docs'))
  const otro = '# Título\n'
  writeFileSync(join(raiz, 'docs/otro.md'), otro)
  const texto = [
    '[bien](docs/otro.md) [bien](docs/otro.md#título) [bien](./docs) [bien](https://example.org/x) [bien](/docs/otro.md)',
    '`[código](no.md)`',
    '```sh\n[código](no.md)\n```',
    '[mal](docs/nada.md)',
    '![mal](figura.png "título")',
    '[mal](docs/otro.md#otra)',
    '',
    '[ref]: nada.md',
    '<a href="#nada">',
  ].join('\n')
  writeFileSync(join(raiz, 'LEEME.md'), texto)
  assert.deepEqual(
    [
      ...enlacesRotos(raiz, [
        { ruta: 'LEEME.md', texto },
        { ruta: 'docs/otro.md', texto: otro },
      ]),
    ].sort(),
    [
      'LEEME.md:10 nada.md: no existe',
      'LEEME.md:11 #nada: no tiene esa ancla',
      'LEEME.md:6 docs/nada.md: no existe',
      'LEEME.md:7 figura.png: no existe',
      'LEEME.md:8 docs/otro.md#otra: no tiene esa ancla',
    ],
  )
})
