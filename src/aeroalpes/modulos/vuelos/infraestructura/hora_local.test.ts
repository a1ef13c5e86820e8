import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dia_de_texto, MINUTO_MS, texto_local } from '../dominio/horas.ts'
import { horasDeZonas } from './hora_local.ts'

const horas = horasDeZonas()
const a = (zona: string, dia: string, hora: string): string => {
  const [h = 0, m = 0] = hora.split(':').map(Number)
  return new Date(horas.aInstante(zona, { dia: dia_de_texto(dia) ?? Number.NaN, minuto: h * 60 + m })).toISOString().slice(0, 16)
}
const local = (zona: string, instante: string): string => texto_local(horas.aLocal(zona, Date.parse(instante)))

test('en Bogotá la hora es siempre la misma: cinco menos', () => {
  assert.equal(a('America/Bogota', '2026-12-10', '08:15'), '2026-12-10T13:15')
  assert.equal(local('America/Bogota', '2026-12-10T03:00:00Z'), '2026-12-09T22:00')
})

test('la noche en que Nueva York adelanta el reloj, las 02:30 no existen y se sale a las 03:30', () => {
  assert.equal(a('America/New_York', '2026-03-08', '01:30'), '2026-03-08T06:30')
  assert.equal(a('America/New_York', '2026-03-08', '02:30'), '2026-03-08T07:30')
  assert.equal(local('America/New_York', '2026-03-08T07:30:00Z'), '2026-03-08T03:30')
})

test('la noche en que Madrid lo atrasa, las 02:30 son dos, y vale la primera', () => {
  assert.equal(a('Europe/Madrid', '2026-10-25', '02:30'), '2026-10-25T00:30')
  assert.equal(local('Europe/Madrid', '2026-10-25T00:30:00Z'), '2026-10-25T02:30')
  assert.equal(local('Europe/Madrid', '2026-10-25T01:30:00Z'), '2026-10-25T02:30')
})

test('las zonas de media hora y de tres cuartos también', () => {
  assert.equal(a('Asia/Kathmandu', '2026-07-01', '06:00'), '2026-07-01T00:15')
  assert.equal(a('Australia/Lord_Howe', '2026-07-01', '06:00'), '2026-06-30T19:30')
})

const zona = fc.constantFrom(
  'America/Bogota',
  'America/New_York',
  'Europe/Madrid',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia',
)

test('lo recordado dice lo mismo que Intl en cualquier instante', () => {
  const porZona = new Map<string, Intl.DateTimeFormat>()
  const deIntl = (laZona: string, instante: number): string => {
    const formato = porZona.get(laZona) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: laZona, dateStyle: 'short', timeStyle: 'short' })
    porZona.set(laZona, formato)
    return formato.format(instante).replace(' ', 'T')
  }
  const minutos = fc.integer({ min: Date.UTC(2026, 0, 1) / MINUTO_MS, max: Date.UTC(2028, 0, 1) / MINUTO_MS })
  fc.assert(
    fc.property(zona, minutos, (laZona, minuto) => {
      const instante = minuto * MINUTO_MS
      assert.equal(texto_local(horas.aLocal(laZona, instante)), deIntl(laZona, instante))
    }),
    { numRuns: 2_000 },
  )
})

test('ir y volver deja la misma hora, salvo las que no existen', () => {
  fc.assert(
    fc.property(zona, fc.integer({ min: 20_454, max: 21_184 }), fc.integer({ min: 0, max: 287 }), (laZona, dia, cinco) => {
      const hora = { dia, minuto: cinco * 5 }
      const vuelta = horas.aLocal(laZona, horas.aInstante(laZona, hora))
      const otra = horas.aLocal(laZona, horas.aInstante(laZona, vuelta))
      assert.deepEqual(otra, vuelta)
      assert.ok(Math.abs((vuelta.dia - dia) * 1_440 + vuelta.minuto - hora.minuto) <= 60)
    }),
    { numRuns: 1_000 },
  )
})

test('un día mal escrito o que no existe no es un día', () => {
  for (const texto of ['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', '', 'ayer', '2026-01-01T00:00'])
    assert.equal(dia_de_texto(texto), undefined)
})
