import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { opcionesDe, unaRed, unLugar } from '../../pruebas/red.ts'
import { dia_de_texto, MINUTO_MS } from '../horas.ts'
import { AEROLINEAS, CENTROS } from './aerolineas.ts'
import { ESCALA_MAXIMA_MS, ESCALA_MINIMA_MS, type Opcion } from './conexiones.ts'
import { duracion_de, salidas_de } from './horarios.ts'
import { kilometros, vuela_entre } from './rutas.ts'

const red = unaRed()
const CODIGOS = [
  'BOG',
  'MDE',
  'CTG',
  'PEI',
  'LET',
  'JFK',
  'MIA',
  'MAD',
  'LHR',
  'GRU',
  'SYD',
  'NRT',
  'DEL',
  'JNB',
  'AAA',
  'KEF',
  'USH',
  'HNL',
] as const
const codigo = fc.constantFrom(...CODIGOS)
const dia = fc.integer({ min: dia_de_texto('2026-01-01') ?? 0, max: dia_de_texto('2027-12-31') ?? 0 })

describe('las rutas', () => {
  test('todos los centros son aeropuertos que existen', () => {
    for (const centro of CENTROS) assert.equal(unLugar(centro).codigo, centro)
  })

  test('quien vuela de ida vuela de vuelta, y siempre por un centro suyo', () => {
    fc.assert(
      fc.property(codigo, codigo, fc.constantFrom(...AEROLINEAS), (a, b, aerolinea) => {
        const ida = vuela_entre(red, aerolinea, unLugar(a), unLugar(b))
        assert.equal(vuela_entre(red, aerolinea, unLugar(b), unLugar(a)), ida)
        if (ida) assert.ok(aerolinea.centros.includes(a) || aerolinea.centros.includes(b))
        if (a === b) assert.equal(ida, false)
      }),
      { numRuns: 500 },
    )
  })

  test('la distancia es la del círculo máximo', () => {
    assert.ok(Math.abs(kilometros(unLugar('BOG'), unLugar('MAD')) - 8_030) < 30)
    assert.equal(kilometros(unLugar('BOG'), unLugar('BOG')), 0)
  })

  test('a cada aeropuerto con pista cerca del mundo llega al menos un vuelo a la semana', () => {
    for (const lugar of CODIGOS) {
      const semana = Array.from({ length: 7 }, (_, i) => i + 20_800)
      const llegan = AEROLINEAS.some((aerolinea) =>
        aerolinea.centros.some((centro) =>
          semana.some((d) => salidas_de(red, { aerolinea, origen: unLugar(centro), destino: unLugar(lugar) }, d).length > 0),
        ),
      )
      assert.ok(llegan, lugar)
    }
  })
})

const sanas = ([primero, ...demas]: Opcion): void => {
  let anterior = primero
  for (const vuelo of demas) {
    assert.equal(vuelo.origen.codigo, anterior.destino.codigo)
    const espera = vuelo.salida - anterior.llegada
    assert.ok(espera >= ESCALA_MINIMA_MS && espera <= ESCALA_MAXIMA_MS, `una escala de ${espera / MINUTO_MS} minutos`)
    anterior = vuelo
  }
}

describe('los vuelos', () => {
  test('toda opción sale el día pedido en hora del origen, dura lo que su distancia y conecta con tiempo: entre 45 minutos y 4 horas', () => {
    let vistas = 0
    fc.assert(
      fc.property(codigo, codigo, dia, (origen, destino, elDia) => {
        for (const opcion of opcionesDe(red, `${origen}-${destino}`, elDia)) {
          vistas++
          sanas(opcion)
          assert.equal(opcion[0].origen.codigo, origen)
          assert.equal(opcion.at(-1)?.destino.codigo, destino)
          assert.equal(red.horas.aLocal(opcion[0].origen.zona, opcion[0].salida).dia, elDia)
          assert.ok(opcion.length <= 2)
          for (const vuelo of opcion) assert.equal(vuelo.llegada - vuelo.salida, duracion_de(vuelo.km) * MINUTO_MS)
        }
      }),
      { numRuns: 300 },
    )
    assert.ok(vistas > 500, `sólo se vieron ${vistas}`)
  })

  test('con la misma semilla son los mismos; con otra, otros', () => {
    const resumen = (semilla: number) =>
      opcionesDe(unaRed(semilla), 'BOG-JFK', 20_800).map((opcion) => opcion.map(({ numero, salida }) => `${numero} ${salida}`))
    assert.deepEqual(resumen(7), resumen(7))
    assert.notDeepEqual(resumen(7), resumen(8))
  })

  test('una noche de cambio de hora el vuelo dura lo mismo, aunque el reloj diga otra cosa', () => {
    const cambio = dia_de_texto('2026-11-01') ?? 0
    const vuelos = opcionesDe(red, 'JFK-LHR', cambio).flat()
    assert.ok(vuelos.length > 0)
    for (const { salida, llegada, km } of vuelos) assert.equal(llegada - salida, duracion_de(km) * MINUTO_MS)
  })

  test('los destinos grandes se alcanzan desde Bogotá cada día', () => {
    for (const destino of ['MDE', 'CTG', 'MIA', 'JFK', 'MAD', 'LIM', 'MEX', 'GRU'])
      for (let d = 20_800; d < 20_807; d++) assert.ok(opcionesDe(red, `BOG-${destino}`, d).length > 0, `${destino} el ${d}`)
  })
})
