import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { tablaDeEvidencia } from './contratos/evidencia.ts'

test('la tabla de evidencia cuenta la última corrida de cada puerta, y dice de cuáles no hay', (t) => {
  const raiz = mkdtempSync(join(tmpdir(), 'evidencia-'))
  t.after(() => rmSync(raiz, { recursive: true }))
  mkdirSync(join(raiz, 'evidencia'))
  const corridas = [
    { fecha: '2026-01-02T03:04:05.678Z', commit: 'abc1234', corridas: 20_000, pasa: true },
    { fecha: '2026-01-03T03:04:05.678Z', commit: 'def5678', corridas: 200_000, pasa: false },
  ]
  writeFileSync(join(raiz, 'evidencia/R4.jsonl'), corridas.map((una) => `${JSON.stringify(una)}\n`).join(''))
  assert.match(tablaDeEvidencia(raiz, 'es'), /^\| R4 \| .+ \| 200\.000 \| ✖ 2026-01-03, def5678 \|$/m)
  assert.match(tablaDeEvidencia(raiz, 'en'), /^\| R4 \| .+ \| 200,000 \| ✖ /m)
  rmSync(join(raiz, 'evidencia/R4.jsonl'))
  assert.match(tablaDeEvidencia(raiz, 'es'), /^\| R4 \| .+ \| 0 \| sin evidencia \|$/m)
})
