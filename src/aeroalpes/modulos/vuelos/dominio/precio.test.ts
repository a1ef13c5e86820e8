import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { opcionesDe, unaRed } from '../pruebas/red.ts'
import { condiciones_de, liquidar } from './condiciones.ts'
import { en_moneda } from './dinero.ts'
import { DIA_MS } from './horas.ts'
import { asientos_de, type Precio, precio_de, sumar_precios } from './precio.ts'
import { AEROLINEAS } from './red/aerolineas.ts'
import { CLASES, cupo_de } from './red/cabinas.ts'
import type { Cabina } from './red/tarifas.ts'

const red = unaRed()
const [opcion] = opcionesDe(red, 'BOG-MAD', 20_800)
if (opcion === undefined) throw new Error('La red no vuela de Bogotá a Madrid')
const cabina = (cambios: Partial<Cabina> = {}): Cabina => ({ vuelo: opcion[0], clase: 'ECONOMICA', cupo: 20, vendidos: 0, ...cambios })

const viajeros = fc.record({ adultos: fc.integer({ min: 1, max: 9 }), menores: fc.nat({ max: 8 }), infantes: fc.nat({ max: 9 }) })
const moneda = fc.constantFrom('COP' as const, 'USD' as const)
const unPrecio = (cabinas: readonly Cabina[], cambios: Partial<Parameters<typeof precio_de>[1]> = {}): Precio =>
  precio_de(cabinas, {
    semilla: red.semilla,
    emitida: opcion[0].salida - 40 * DIA_MS,
    moneda: 'USD',
    viajeros: { adultos: 1, menores: 0, infantes: 0 },
    ...cambios,
  })

test('el total es base más impuestos y también la suma de lo que paga cada quien, en enteros y sin decimales en pantalla', () => {
  fc.assert(
    fc.property(viajeros, moneda, fc.integer({ min: 1, max: 2 }), fc.constantFrom(...CLASES), (quienes, laMoneda, tramos, clase) => {
      const precio = unPrecio(
        Array.from({ length: tramos }, () => cabina({ clase })),
        { viajeros: quienes, moneda: laMoneda },
      )
      assert.equal(precio.base + precio.impuestos, precio.total)
      assert.equal(
        precio.por_pasajero.reduce((suma, { cantidad, unitario }) => suma + cantidad * unitario, 0),
        precio.total,
      )
      for (const valor of [precio.base, precio.impuestos, precio.total])
        assert.ok(Number.isSafeInteger(valor) && valor >= 0 && valor % 100 === 0)
      assert.deepEqual(
        precio.por_pasajero.map(({ tipo, cantidad }) => [tipo, cantidad]),
        [
          ['ADULTO', quienes.adultos],
          ['MENOR', quienes.menores],
          ['INFANTE', quienes.infantes],
        ].filter(([, n]) => n !== 0),
      )
    }),
  )
})

test('un adulto paga más que un menor, y un menor más que un infante', () => {
  const [adulto, menor, infante] = unPrecio([cabina()], { viajeros: { adultos: 1, menores: 1, infantes: 1 } }).por_pasajero
  assert.ok((adulto?.unitario ?? 0) > (menor?.unitario ?? 0) && (menor?.unitario ?? 0) > (infante?.unitario ?? 0))
})

test('cuesta más una clase mejor, comprar tarde y comprar los últimos asientos', () => {
  const de = (cambios: Partial<Cabina>, dias = 40) => unPrecio([cabina(cambios)], { emitida: opcion[0].salida - dias * DIA_MS }).total
  assert.ok(de({ clase: 'PRIMERA' }) > de({ clase: 'EJECUTIVA' }) && de({ clase: 'EJECUTIVA' }) > de({}))
  assert.ok(de({}, 2) > de({}, 20) && de({}, 20) > de({}, 100))
  assert.ok(de({ vendidos: 16 }) > de({ vendidos: 10 }) && de({ vendidos: 10 }) > de({ vendidos: 9 }))
})

test('sumar dos precios suma cada parte', () => {
  const [a, b] = [unPrecio([cabina()]), unPrecio([cabina({ clase: 'EJECUTIVA' })])]
  const suma = sumar_precios(a, b)
  assert.deepEqual([suma.total, suma.base, suma.impuestos], [a.total + b.total, a.base + b.base, a.impuestos + b.impuestos])
  assert.equal(suma.por_pasajero[0]?.unitario, (a.por_pasajero[0]?.unitario ?? 0) + (b.por_pasajero[0]?.unitario ?? 0))
})

test('un precio en pesos vale su precio en dólares a la tasa fija, redondeado a cientos de pesos', () => {
  assert.equal(en_moneda(10_000, 'USD'), 10_000)
  assert.equal(en_moneda(10_000, 'COP'), 41_000_000)
  assert.equal(en_moneda(10_001, 'COP') % 10_000, 0)
})

test('el cupo de una cabina es siempre el mismo, y a veces queda uno solo', () => {
  const cupos = Array.from({ length: 60 }, (_, i) => opcionesDe(red, 'BOG-JFK', 20_700 + i))
    .flat(2)
    .map((vuelo) => cupo_de(red.semilla, vuelo, 'ECONOMICA'))
  assert.ok(Math.min(...cupos) >= 1 && Math.min(...cupos) <= 3 && Math.max(...cupos) > 30, `${Math.min(...cupos)} a ${Math.max(...cupos)}`)
})

const precio = unPrecio([cabina()], { viajeros: { adultos: 2, menores: 1, infantes: 1 } })

test('lo que vuelve y lo que se pierde al cancelar suman lo pagado, y nada vuelve después de salir', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...AEROLINEAS),
      fc.constantFrom(...CLASES),
      viajeros,
      fc.boolean(),
      fc.boolean(),
      (aerolinea, clase, quienes, pagada, tarde) => {
        const condiciones = condiciones_de([aerolinea], { clase, viajeros: quienes, moneda: 'USD' })
        const [salida, ahora] = [1_000, tarde ? 1_000 : 999]
        const { reembolso, penalidad } = liquidar({ precio, condiciones }, { pagada, salida, ahora })
        assert.equal(reembolso.total + penalidad.total, pagada ? precio.total : 0)
        assert.ok(reembolso.total >= 0 && penalidad.total >= 0)
        if (tarde) assert.equal(reembolso.total, 0)
      },
    ),
  )
})

test('lo que no se ha pagado no devuelve ni pierde nada', () => {
  const condiciones = { reembolso_porcentaje: 50, penalidad: 3_500, cambios: true }
  const nada = { moneda: 'USD', total: 0 }
  assert.deepEqual(liquidar({ precio, condiciones }, { pagada: false, salida: 10, ahora: 1 }), { reembolso: nada, penalidad: nada })
})

test('de varias aerolíneas valen las condiciones de la que menos devuelve', () => {
  const [una, otra] = [AEROLINEAS[0], AEROLINEAS.find(({ reembolso }) => reembolso === 0)]
  if (una === undefined || otra === undefined) throw new Error('faltan aerolíneas')
  const condiciones = condiciones_de([una, otra], { clase: 'ECONOMICA', viajeros: { adultos: 1, menores: 0, infantes: 0 }, moneda: 'COP' })
  assert.deepEqual(condiciones, { reembolso_porcentaje: 0, penalidad: 0, cambios: false })
})

test('los infantes no ocupan asiento', () => assert.equal(asientos_de({ adultos: 2, menores: 1, infantes: 2 }), 3))
