import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faltasDeCasa } from './casa.ts'

// Partidos en dos, para que este archivo cumpla lo que comprueba.
const j = (...partes: readonly string[]): string => partes.join('')
const faltas = (ruta: string, texto: string): readonly string[] => faltasDeCasa([{ ruta, texto }])

const MALAS: readonly (readonly [ruta: string, linea: string])[] = [
  ['README.md', j('cd /', 'work/main')],
  ['src/a.ts', j("const x = '/", "root/.npm'")],
  ['src/a.ts', j('// TO', 'DO: luego')],
  ['docs/a.md', j('<<<<', '<<< HEAD')],
  ['docs/a.md', j('====', '===')],
  ['src/a.test.ts', j('test.', "only('x', () => {})")],
  ['src/a.test.ts', j("test('x', { ", 'skip: true }, () => {})')],
  ['package-lock.json', j('"resolved": "', 'https://example.org/a.tgz"')],
  ['src/aeroalpes/modulos/vuelos/dominio/entidades.ts', 'const ahora = Date.now()'],
  ['src/seedwork/infraestructura/broker/relevo.ts', 'setTimeout(() => {}, 10)'],
]

test('señala cada falta con su archivo y su línea', () => {
  for (const [ruta, linea] of MALAS) assert.match(faltas(ruta, `bien\n${linea}\n`)[0] ?? '', new RegExp(`^${ruta}:2 `), linea)
})

test('no confunde lo que se parece', () => {
  const parecidas = ['https://example.org/work/x', './work/x', 'todo lo que hay', 'src/root/a', 'iterador.skipper()']
  assert.deepEqual(faltas('README.md', parecidas.join('\n')), [])
  assert.deepEqual(faltas('src/seedwork/dominio/a.test.ts', 'Date.now()'), [])
  assert.deepEqual(faltas('src/local/main.ts', 'Date.now()'), [])
})
