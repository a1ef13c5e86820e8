import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abrirDosApis, sobreviven } from './apoyo/dos_apis.ts'

const SEMILLA = Number(process.env.SEMILLA ?? 20_261_127)
const VUELVE_MS = 2_000

// Con diez paradas y doscientas conexiones, y contando qué pasó, es la puerta R6: `npm run pruebas -- R6`.
test('dos procesos de la API sobre un PostgreSQL que muere, corta conexiones, y ellos también: perdido 0, doblado 0, en orden', async (t) => {
  const dos = await abrirDosApis(t, { semilla: SEMILLA })
  const visto = await sobreviven(dos, { semilla: SEMILLA, paradas: 2, cortes: 40, muertes: 2 })
  t.diagnostic(`semilla ${SEMILLA} · ${JSON.stringify({ ...visto, faltas: visto.faltas.length })}`)
  assert.deepEqual(visto.faltas.slice(0, 20), [])
  assert.ok(Math.max(...visto.vueltas) <= VUELVE_MS, `la primera reserva tardó ${Math.max(...visto.vueltas)} ms`)
  assert.deepEqual(await dos.detener(), [])
})
