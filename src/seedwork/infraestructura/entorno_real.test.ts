import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { mock, test } from 'node:test'
import fc from 'fast-check'
import { mulberry32 } from '../pruebas/entorno_virtual.ts'
import { entornoReal, generadorUuidv7 } from './entorno_real.ts'

const UUIDV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const horaDe = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

/** Un generador con azar repetible y la hora que digan `horas`; la última se repite. */
const conHoras = (horas: readonly number[], azar = mulberry32(1)) => {
  let i = 0
  return generadorUuidv7({
    ahora: () => horas[Math.min(i++, horas.length - 1)] ?? 0,
    llenar: (bytes) => bytes.set(Array.from(bytes, () => azar() * 256)),
  })
}

test('cada identificador es un UUIDv7 con la hora en que se pidió', () => {
  const id = conHoras([1_669_122_600_000])()
  assert.match(id, UUIDV7)
  assert.equal(horaDe(id), 1_669_122_600_000)
})

test('con los bits de azar todos a uno o a cero, la versión y la variante quedan en su sitio', () => {
  const lleno = generadorUuidv7({ ahora: () => 2 ** 48 - 2, llenar: (bytes) => bytes.fill(0xff) })
  const vacio = generadorUuidv7({ ahora: () => 1, llenar: (bytes) => bytes.fill(0) })
  assert.equal(lleno(), 'ffffffff-fffe-7fff-bfff-ffffffffffff')
  assert.equal(vacio(), '00000000-0001-7000-8000-000000000000')
})

test('los identificadores crecen siempre, haga lo que haga la hora', () => {
  const horas = fc.array(fc.integer({ min: 1, max: 2 ** 47 }), { minLength: 2, maxLength: 50 })
  fc.assert(
    fc.property(horas, fc.nat(), (lasHoras, semilla) => {
      const ids = conHoras(lasHoras, mulberry32(semilla))
      const dados = lasHoras.map(() => ids())
      assert.deepEqual(dados, [...new Set(dados)].sort())
    }),
  )
})

test('cuando la hora retrocede se sigue desde la mayor conocida', () => {
  const ids = conHoras([5_000, 1_000, 1_001])
  assert.deepEqual([ids(), ids(), ids()].map(horaDe), [5_000, 5_000, 5_000])
})

test('cuando la cuenta de un milisegundo se agota se toma prestado el siguiente, y se sigue creciendo', () => {
  const ids = conHoras([5_000])
  const dados = Array.from({ length: 9_000 }, ids)
  assert.deepEqual(dados, [...new Set(dados)].sort())
  assert.ok(dados.map(horaDe).includes(5_001))
  assert.ok(horaDe(dados.at(-1) ?? '') < 5_050)
})

test('dentro de un milisegundo los 62 bits finales son nuevos cada vez: de uno no se deduce el siguiente', () => {
  const ids = generadorUuidv7({ ahora: () => 5_000, llenar: randomFillSync })
  const finales = Array.from({ length: 2_000 }, () => BigInt(`0x${ids().slice(19).replaceAll('-', '')}`))
  const pasos = finales.slice(1).map((final, i) => final - (finales[i] ?? 0n))
  assert.equal(new Set(pasos).size, pasos.length)
  assert.ok(pasos.some((paso) => paso < 0n))
})

test('B02 el entorno real da la hora de cada llamada, y un monótono que no retrocede', () => {
  const { reloj, ids, azar } = entornoReal
  const [antes, arranque] = [Date.now(), reloj.monotono()]
  assert.ok(reloj.ahora() >= antes && reloj.ahora() <= Date.now())
  assert.ok(reloj.monotono() >= arranque)
  assert.ok(Math.abs(horaDe(ids()) - Date.now()) < 1_000)
  assert.notEqual(azar(), azar())
})

test('enseguida corre después de las promesas listas', async () => {
  const pasos: string[] = []
  await new Promise<void>((listo) => {
    entornoReal.planificador.enseguida(() => {
      pasos.push('enseguida')
      listo()
    })
    void Promise.resolve().then(() => pasos.push('promesa'))
  })
  assert.deepEqual(pasos, ['promesa', 'enseguida'])
})

test('un temporizador pendiente no mantiene vivo el proceso', () => {
  const vivos = () => process.getActiveResourcesInfo().filter((recurso) => recurso === 'Timeout').length
  const antes = vivos()
  const mio = entornoReal.planificador.tras(60_000, () => {})
  assert.equal(vivos(), antes)
  mio.cancelar()
})

test('tras espera su plazo entero, también uno mayor que el máximo de setTimeout, y se cancela en cualquier tramo', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  const corridos: string[] = []
  const mes = 30 * 24 * 3_600_000
  entornoReal.planificador.tras(10, () => corridos.push('diez'))
  entornoReal.planificador.tras(mes, () => corridos.push('mes'))
  const cancelado = entornoReal.planificador.tras(mes, () => corridos.push('cancelado'))
  mock.timers.tick(9)
  assert.deepEqual(corridos, [])
  mock.timers.tick(1)
  assert.deepEqual(corridos, ['diez'])
  mock.timers.tick(2 ** 31 - 11)
  cancelado.cancelar()
  mock.timers.tick(mes - 2 ** 31)
  assert.deepEqual(corridos, ['diez'])
  mock.timers.tick(1)
  assert.deepEqual(corridos, ['diez', 'mes'])
})
