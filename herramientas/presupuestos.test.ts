import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cuantil, presupuestos } from './presupuestos.ts'

test('el cuantil es un número de la lista', () => {
  assert.deepEqual(
    [0.5, 0.9, 1].map((q) => cuantil([4, 1, 3, 2], q)),
    [2, 4, 4],
  )
  assert.equal(cuantil([], 0.5), 0)
})

test('mide archivos, funciones con nombre y líneas de prueba', () => {
  const { informe, faltas } = presupuestos([
    { ruta: 'src/a.ts', texto: 'export const f = () => {\n  return [1].map((x) => x)\n}\nfunction g() {}\n' },
    { ruta: 'src/a.test.ts', texto: 'uno\ndos\n' },
    { ruta: 'docs/x.md', texto: 'any\n' },
  ])
  assert.deepEqual(faltas, [])
  assert.match(informe[0] ?? '', /mediana 4 · p90 4 · máximo 4 \(1 archivos/)
  assert.match(informe[1] ?? '', /mediana 1 · p90 3 · máximo 3 \(2 funciones.*src\/a\.ts:1\)/)
  assert.match(informe[2] ?? '', /: 2 \/ 4 /)
})

test('falla por un any, también en las pruebas, y por un archivo de más de 300 líneas que no sea prueba', () => {
  const { faltas } = presupuestos([
    { ruta: 'src/a.test.ts', texto: `const x: any = 'any'\n${'\n'.repeat(400)}` },
    { ruta: 'src/largo.ts', texto: '\n'.repeat(301) },
    { ruta: 'src/justo.ts', texto: '\n'.repeat(300) },
  ])
  assert.deepEqual(faltas, ['src/a.test.ts:1 usa any', 'src/largo.ts tiene 301 líneas'])
})
