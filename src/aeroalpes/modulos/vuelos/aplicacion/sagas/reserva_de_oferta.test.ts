import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { respuesta_de_la_aerolinea } from '../../dominio/aerolinea_simulada.ts'
import { type EstadoDeReservaDeOferta, type HechoDeReserva, reservaDeOferta } from './reserva_de_oferta.ts'

const AHORA = 1_000_000
const { avanzar } = reservaDeOferta('acepta')
const ID = 'r-1'
const contexto = { id: ID, ahora: AHORA }
const hecho = (tipo: HechoDeReserva['tipo'], de_oferta = true) => ({ tipo: 'hecho', hecho: { tipo, de_oferta } }) as const
const vencio = { tipo: 'vencio', plazo: 'respuesta' } as const
const ESPERANDO: EstadoDeReservaDeOferta = { fase: 'esperando' }
const RESUELTA: EstadoDeReservaDeOferta = { fase: 'resuelta' }

test('creada la reserva, la aerolínea tarda lo suyo y no se pide nada todavía', () =>
  assert.deepEqual(avanzar(undefined, hecho('ReservaCreada'), contexto), {
    estado: ESPERANDO,
    comandos: [],
    plazos: [{ nombre: 'respuesta', vence: AHORA + respuesta_de_la_aerolinea(ID).tarda_ms }],
  }))

test('cuando responde que sí se aprueba, y cuando responde que no se cancela con su motivo', () => {
  assert.deepEqual(avanzar(ESPERANDO, vencio, contexto)?.comandos, [{ tipo: 'AprobarReserva', datos: { id_reserva: ID } }])
  const [pedido] = reservaDeOferta('rechaza').avanzar(ESPERANDO, vencio, contexto)?.comandos ?? []
  assert.equal(pedido?.tipo, 'CancelarReserva')
  assert.ok(pedido?.tipo === 'CancelarReserva' && pedido.datos.motivo.length > 0)
})

test('si el viajero cancela antes, la respuesta ya no importa', () => {
  assert.deepEqual(avanzar(ESPERANDO, hecho('ReservaCancelada'), contexto), { estado: RESUELTA, comandos: [], plazos: [] })
  assert.equal(avanzar(RESUELTA, vencio, contexto), undefined)
})

test('si la cancelación se conoce antes que la creación, tampoco: queda anotado', () => {
  const paso = avanzar(undefined, hecho('ReservaCancelada'), contexto)
  assert.deepEqual(paso?.estado, RESUELTA)
  assert.equal(avanzar(paso?.estado, hecho('ReservaCreada'), contexto), undefined)
})

test('las reservas del tutorial, que no salen de una oferta, no tienen proceso', () => {
  for (const tipo of ['ReservaCreada', 'ReservaAprobada', 'ReservaPagada', 'ReservaCancelada'] as const)
    assert.equal(avanzar(undefined, hecho(tipo, false), contexto), undefined)
})

test('en cualquier orden y con cualquier repetición, se pide a la aerolínea una respuesta como mucho', () => {
  const entradas = fc.constantFrom(
    vencio,
    hecho('ReservaCreada'),
    hecho('ReservaAprobada'),
    hecho('ReservaPagada'),
    hecho('ReservaCancelada'),
  )
  fc.assert(
    fc.property(fc.array(entradas, { maxLength: 8 }), (serie) => {
      let estado: EstadoDeReservaDeOferta | undefined
      let pedidos = 0
      for (const entrada of serie) {
        const paso = avanzar(estado, entrada, contexto)
        estado = paso?.estado ?? estado
        pedidos += paso?.comandos.length ?? 0
      }
      assert.ok(pedidos <= 1)
    }),
    { numRuns: 2_000 },
  )
})
