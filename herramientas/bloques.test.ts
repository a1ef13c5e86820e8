import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bloquesDe, diferencia, variablesDe } from './bloques.ts'

const cerca = (lenguaje: string, contenido: string): string => `\`\`\`${lenguaje}\n${contenido}\n\`\`\`\n`
const ninguna = new Map<string, string>()

test('junta cada bloque de shell con la respuesta que el documento muestra después', () => {
  const texto = `# Título\n${cerca('sh', 'uno')}sin respuesta\n${cerca('sh', 'dos')}\nresponde\n${cerca('json', '{"id":"$ID"}')}`
  const bloques = bloquesDe(texto)
  assert.deepEqual(bloques, [
    { linea: 2, orden: 'uno\n', respuesta: undefined },
    { linea: 6, orden: 'dos\n', respuesta: '{"id":"$ID"}\n' },
  ])
  assert.deepEqual(variablesDe(bloques), ['ID'])
})

test('no deja pasar un bloque que nadie correría', () => {
  assert.throws(() => bloquesDe(cerca('bash', 'uno')), /línea 1/)
  assert.throws(() => bloquesDe(cerca('json', '{}')), /no es de shell/)
  assert.throws(() => bloquesDe(cerca('sh', 'uno') + cerca('json', '1') + cerca('json', '2')), /no es de shell/)
})

test('una respuesta coincide aunque cambien la fecha, el puerto, el recuadro y dónde se parte la línea', () => {
  const esperada = '{"fecha":"2026-01-01T00:00:00Z",\n "a":1}\n╭──╮\n│ API http://127.0.0.1:5000 │'
  assert.equal(diferencia(esperada, '{"fecha":"2027-02-03T04:05:06Z","a":1}\nAPI http://127.0.0.1:4321\n', ninguna), undefined)
})

test('una variable vale lo que valía, y no otra cosa', () => {
  const variables = new Map([['ID', '7']])
  assert.equal(diferencia('{"id":"$ID"}', '{"id":"7"}', variables), undefined)
  assert.deepEqual(diferencia('{"id":"$ID"}', '{"id":"8"}', variables), { esperada: '{"id":"7"}', obtenida: '{"id":"8"}' })
  assert.notEqual(diferencia('{"id":"$ID"}', '{"id":""}', ninguna), undefined)
})

test('los puntos suspensivos recortan algo, pero lo de sus lados tiene que estar', () => {
  assert.equal(diferencia('[{"a":1,…}]', '[{"a":1,"b":2}]', ninguna), undefined)
  assert.notEqual(diferencia('[{"a":1,…}]', '[{"a":1,}]', ninguna), undefined)
  assert.notEqual(diferencia('[{"a":1,…,"c":3}]', '[{"a":1,"b":2}]', ninguna), undefined)
  assert.notEqual(diferencia('a.b', 'axb', ninguna), undefined)
})
