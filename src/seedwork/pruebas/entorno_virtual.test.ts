import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entornoVirtual, mulberry32 } from './entorno_virtual.ts'

const diez = (dar: () => unknown) => Array.from({ length: 10 }, dar)

test('avanzar corre los temporizadores que vencen, en su orden y con el reloj en su hora', async () => {
  const { planificador, reloj, avanzar } = entornoVirtual({ inicio: 1_000 })
  const corridos: [string, number, number][] = []
  const anotar = (nombre: string) => () => void corridos.push([nombre, reloj.ahora(), reloj.monotono()])
  planificador.tras(20, anotar('tarde'))
  planificador.tras(10, anotar('pronto'))
  planificador.tras(10, anotar('pronto, pero después'))
  planificador.tras(31, anotar('nunca'))
  await avanzar(30)
  assert.deepEqual(corridos, [
    ['pronto', 1_010, 10],
    ['pronto, pero después', 1_010, 10],
    ['tarde', 1_020, 20],
  ])
  assert.equal(reloj.ahora(), 1_030)
})

test('entre un temporizador y el siguiente se resuelven las promesas y lo pedido con enseguida', async () => {
  const { planificador, avanzar } = entornoVirtual()
  const pasos: string[] = []
  planificador.tras(1, () => {
    void Promise.resolve().then(() => planificador.enseguida(() => planificador.enseguida(() => pasos.push('consecuencia del primero'))))
  })
  planificador.tras(2, () => pasos.push('segundo'))
  await avanzar(2)
  assert.deepEqual(pasos, ['consecuencia del primero', 'segundo'])
})

test('un temporizador pedido por otro corre en el mismo avance si vence dentro de él', async () => {
  const { planificador, avanzar, temporizadores } = entornoVirtual()
  let latidos = 0
  const latir = (): void => {
    if (++latidos < 100) planificador.tras(10, latir)
  }
  planificador.tras(10, latir)
  await avanzar(45)
  assert.equal(latidos, 4)
  assert.equal(temporizadores(), 1)
})

test('uno cancelado no corre, y cancelar dos veces no hace nada', async () => {
  const { planificador, avanzar, temporizadores } = entornoVirtual()
  const otro = planificador.tras(1, () => {})
  const mio = planificador.tras(1, () => assert.fail('corrió'))
  mio.cancelar()
  mio.cancelar()
  await avanzar(5)
  otro.cancelar()
  assert.equal(temporizadores(), 0)
})

test('saltarHora cambia ahora, ni el monótono ni los temporizadores', async () => {
  const { planificador, reloj, saltarHora, avanzar } = entornoVirtual({ inicio: 1_000 })
  let corrio = false
  planificador.tras(10, () => {
    corrio = true
  })
  saltarHora(-600)
  assert.deepEqual([reloj.ahora(), reloj.monotono()], [400, 0])
  await avanzar(9)
  assert.equal(corrio, false)
  await avanzar(1)
  assert.equal(corrio, true)
  assert.equal(reloj.ahora(), 410)
})

test('un temporizador sin demora espera 1 ms, como el de verdad: uno que se repite no detiene el tiempo', async () => {
  const { planificador, avanzar } = entornoVirtual()
  let latidos = 0
  const latir = (): void => {
    if (++latidos < 100) planificador.tras(0, latir)
  }
  planificador.tras(0, latir)
  await avanzar(3)
  assert.equal(latidos, 3)
})

test('quien pide enseguida sin parar se nota', async (t) => {
  const { planificador, reposo } = entornoVirtual()
  let parar = false
  t.after(() => {
    parar = true
  })
  const girar = (): void => planificador.enseguida(() => parar || girar())
  girar()
  await assert.rejects(reposo(), /Sin reposo/)
})

test('la misma semilla repite azar e identificadores; otra da otros', () => {
  const [a, b, c] = [entornoVirtual({ semilla: 7 }), entornoVirtual({ semilla: 7 }), entornoVirtual({ semilla: 8 })]
  assert.deepEqual(diez(a.azar), diez(b.azar))
  const [deA, deB, deC] = [diez(a.ids), diez(b.ids), diez(c.ids)]
  assert.deepEqual(deA, deB)
  assert.equal(new Set([...deA, ...deC]).size, 20)
})

test('los identificadores tienen la forma de un UUIDv7 y crecen', () => {
  const { ids } = entornoVirtual({ semilla: 0xfedcba98 })
  const dados = Array.from({ length: 300 }, ids)
  for (const id of dados) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.deepEqual(dados, [...new Set(dados)].sort())
})

test('mulberry32 da la serie conocida, dentro de [0, 1)', () => {
  const azar = mulberry32(1)
  assert.deepEqual([azar(), azar(), azar()], [0.6270739405881613, 0.002735721180215478, 0.5274470399599522])
  assert.ok(Array.from({ length: 1_000 }, azar).every((n) => n >= 0 && n < 1))
})
