import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Decision } from 'seedwork/dominio/entidades.ts'
import { ReglaRota } from 'seedwork/dominio/reglas.ts'
import { HORA, INICIO, MINUTO, unaReserva, unItinerario, unOdo, unSegmento } from '../pruebas/constructores.ts'
import { aprobar, cancelar, crear, pagar, type Reserva } from './entidades.ts'
import type { EventoReserva } from './eventos.ts'
import { es_ida_y_vuelta, es_solo_ida, type Leg, tipo_vuelo } from './objetos_valor.ts'
import { validarNueva } from './reglas.ts'

const ordenes = { aprobar, pagar, cancelar: (r: Reserva, ahora: number) => cancelar(r, ahora, 'Cambio de planes') } as const
type Orden = keyof typeof ordenes
const secuencia = fc.array(fc.constantFrom<Orden>('aprobar', 'pagar', 'cancelar'), { maxLength: 20 })

/** Lo que deja una orden; una que rompe la regla no deja nada. */
const obedecer = (r: Reserva, orden: Orden, ahora: number): Decision<Reserva, EventoReserva> => {
  try {
    return ordenes[orden](r, ahora)
  } catch (error) {
    if (error instanceof ReglaRota) return { estado: r, eventos: [] }
    throw error
  }
}

const historia = (lasOrdenes: readonly Orden[]) => {
  let { estado, eventos } = crear({ id: 'r-1', id_cliente: null, itinerarios: [unItinerario()], pasajeros: [], ahora: INICIO })
  const estados = [estado]
  for (const [i, orden] of lasOrdenes.entries()) {
    const decision = obedecer(estado, orden, INICIO + (i + 1) * MINUTO)
    estado = decision.estado
    eventos = [...eventos, ...decision.eventos]
    estados.push(estado)
  }
  return { estado, eventos, estados }
}

test('cualquier serie de órdenes deja versiones seguidas, una por evento, y el último evento cuenta el estado que queda', () => {
  fc.assert(
    fc.property(secuencia, (lasOrdenes) => {
      const { estado, eventos } = historia(lasOrdenes)
      assert.deepEqual(
        eventos.map(({ version }) => version),
        eventos.map((_, i) => i + 1),
      )
      const ultimo = eventos.at(-1)
      assert.deepEqual([ultimo?.version, ultimo?.data.estado, ultimo?.data.id_reserva], [estado.version, estado.estado, 'r-1'])
    }),
  )
})

test('una reserva CANCELADA no cambia nunca más', () => {
  fc.assert(
    fc.property(secuencia, (lasOrdenes) => {
      const { estados, estado } = historia([...lasOrdenes, 'cancelar', ...lasOrdenes])
      const cancelada = estados.find((e) => e.estado === 'CANCELADA')
      assert.equal(estado, cancelada)
    }),
  )
  fc.assert(
    fc.property(secuencia, (lasOrdenes) =>
      lasOrdenes.every((orden) => obedecer(unaReserva({ estado: 'CANCELADA' }), orden, INICIO).eventos.length === 0),
    ),
  )
})

test('lo que se reservó, quién y cuándo no cambia con ninguna serie de órdenes', () => {
  fc.assert(
    fc.property(secuencia, (lasOrdenes) => {
      const { estado, estados } = historia(lasOrdenes)
      const fijo = ({ id, id_cliente, itinerarios, pasajeros, fecha_creacion }: Reserva) => ({
        id,
        id_cliente,
        itinerarios,
        pasajeros,
        fecha_creacion,
      })
      for (const intermedio of estados) assert.deepEqual(fijo(intermedio), fijo(estado))
    }),
  )
})

const codigo = fc.constantFrom('BOG', 'MDE', 'MIA', 'JFK')
const leg: fc.Arbitrary<Leg> = fc.record({
  origen: fc.record({ codigo, nombre: fc.constant(null) }),
  destino: fc.record({ codigo, nombre: fc.constant(null) }),
  fecha_salida: fc.integer({ min: 0, max: 3 }).map((h) => INICIO + h * HORA),
  fecha_llegada: fc.integer({ min: 0, max: 3 }).map((h) => INICIO + h * HORA),
})

const seAcepta = (legs: readonly Leg[]): boolean => {
  try {
    validarNueva({ itinerarios: [{ odos: [{ segmentos: [{ legs }] }] }], pasajeros: [] })
    return true
  } catch (error) {
    if (error instanceof ReglaRota) return false
    throw error
  }
}

test('un segmento se acepta justo cuando el viajero puede volarlo', () => {
  /** Vuela leg a leg, y dice si llegó al final. Es otra forma de decir las reglas, para contrastarlas. */
  const seVuela = (legs: readonly Leg[]): boolean => {
    let lugar = legs[0]?.origen.codigo
    let hora = Number.NEGATIVE_INFINITY
    for (const { origen, destino, fecha_salida, fecha_llegada } of legs) {
      if (origen.codigo !== lugar || destino.codigo === lugar || fecha_salida < hora || fecha_llegada <= fecha_salida) return false
      lugar = destino.codigo
      hora = fecha_llegada
    }
    return legs.length > 0
  }
  fc.assert(
    fc.property(fc.array(leg, { maxLength: 3 }), (legs) => assert.equal(seAcepta(legs), seVuela(legs))),
    { numRuns: 2_000 },
  )
})

test('B07 todo itinerario es de un solo tipo', () => {
  fc.assert(
    fc.property(fc.array(leg, { minLength: 1, maxLength: 3 }), (legs) => {
      const itinerario = unItinerario(...legs.map((uno) => unOdo(unSegmento(uno))))
      const tipos = [es_ida_y_vuelta(itinerario), es_solo_ida(itinerario), tipo_vuelo(itinerario) === 'Open Jaw']
      assert.deepEqual(tipos.filter(Boolean), [true])
    }),
  )
})
