import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { respuesta_de_la_aerolinea } from './aerolinea_simulada.ts'
import { MOTIVOS } from './motivos.ts'

const ids = Array.from({ length: 5_000 }, () => randomUUID())

test('preguntar dos veces por la misma reserva es oír lo mismo', () => {
  for (const id of ids.slice(0, 50)) assert.deepEqual(respuesta_de_la_aerolinea(id), respuesta_de_la_aerolinea(id))
})

test('tarda de uno a tres segundos, rechaza cerca del 8 % y dice por qué con una frase que sabemos traducir', () => {
  const respuestas = ids.map((id) => respuesta_de_la_aerolinea(id))
  for (const { tarda_ms } of respuestas) assert.ok(tarda_ms >= 1_000 && tarda_ms <= 3_000)
  const motivos = respuestas.flatMap((respuesta) => (respuesta.acepta ? [] : [respuesta.motivo]))
  assert.ok(Math.abs(motivos.length / ids.length - 0.08) < 0.02, `rechazó ${motivos.length}`)
  for (const motivo of motivos) assert.ok(MOTIVOS.some(({ es }) => es === motivo))
})

test('quien enseña o prueba puede pedir que acepte siempre, o nunca', () => {
  assert.ok(ids.every((id) => respuesta_de_la_aerolinea(id, 'acepta').acepta))
  assert.ok(ids.every((id) => !respuesta_de_la_aerolinea(id, 'rechaza').acepta))
})
