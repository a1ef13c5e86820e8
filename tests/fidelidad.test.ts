import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirApi } from './apoyo/api.ts'
import { tablasCon } from './apoyo/archivo.ts'
import { unItinerario, unLeg, unPedido, unPedidoDe } from './apoyo/pedidos.ts'

const api = await abrirApi()
after(api.cerrar)
const { invitado } = api

type Pedido = ReturnType<typeof unPedido> & { pasajeros?: readonly object[] }

/** La misma reserva, hecha por cada camino y leída por cada ruta. */
const porCadaCamino = async (pedido: Pedido): Promise<readonly ReservaJson[]> => {
  const { id } = await invitado.unaReserva(pedido)
  const { id_reserva } = await invitado.desenlace(await invitado.reservarDespues(pedido))
  const leidas: ReservaJson[] = []
  for (const ruta of ['/vuelos/reserva', '/vuelos/reserva-query'])
    for (const una of [id, id_reserva]) leidas.push((await invitado.pedir('GET', `${ruta}/${una}`)).json<ReservaJson>())
  return leidas
}

/** Lo que se envió, sin lo que la respuesta le agrega a cada aeropuerto y a cada leg. */
const AGREGADO = /^(fecha_(creacion|actualizacion)|ciudad|zona|vuelo|aerolinea|(salida|llegada)_local|dias_despues)$/
const comoSeEnvio = ({ itinerarios }: ReservaJson): unknown =>
  JSON.parse(JSON.stringify(itinerarios), (clave, valor) => (AGREGADO.test(clave) ? undefined : valor))

const odo = (...segmentos: readonly (readonly object[])[]) => ({ segmentos: segmentos.map((legs) => ({ legs })) })

/** Dos itinerarios de varios odos, segmentos y legs, con ordinales repetidos y horas que no siguen el orden en que van. */
const COMPLEJO: Pedido = unPedido({
  itinerarios: [
    {
      odos: [
        odo([unLeg('BOG-MIA', 40), unLeg('MIA-ATL', 42), unLeg('ATL-JFK', 44)], [unLeg('JFK-BOS', 10)]),
        odo([unLeg('BOS-MIA', 5), unLeg('MIA-BOG', 7)]),
      ],
    },
    unItinerario(unLeg('MDE-BOG', 1), unLeg('BOG-CTG', 3)),
    unItinerario(unLeg('MDE-BOG', 1), unLeg('BOG-CTG', 3)),
  ],
})

test('B37 B39 itinerarios, odos, segmentos y legs vuelven todos, en el orden en que se enviaron', async () => {
  for (const leida of await porCadaCamino(COMPLEJO)) assert.deepEqual(comoSeEnvio(leida), COMPLEJO.itinerarios)
})

test('B39 muchas lecturas dan siempre el mismo orden', async () => {
  const { id } = await invitado.unaReserva(COMPLEJO)
  const textos = new Set<string>()
  for (let i = 0; i < 20; i++) textos.add((await invitado.reserva(id)).texto)
  assert.equal(textos.size, 1)
})

test('B36 dos reservas del mismo vuelo tienen cada una el suyo: cancelar una no toca la otra', async () => {
  const [una, otra] = [await invitado.unaReserva(COMPLEJO), await invitado.unaReserva(COMPLEJO)]
  await invitado.desenlace(await invitado.cancelar(una.id))
  const leida = (await invitado.reserva(otra.id)).json<ReservaJson>()
  assert.equal(leida.estado, 'PENDIENTE')
  assert.deepEqual(comoSeEnvio(leida), COMPLEJO.itinerarios)
})

test('B38 el nombre de cada aeropuerto se guarda letra por letra', async () => {
  const nombre = 'José María Córdova ✈ «Rionegro» 🛫'
  const pedido = unPedidoDe(unLeg('MDE-JFK', 0, { origen: { codigo: 'MDE', nombre } }))
  for (const { itinerarios } of await porCadaCamino(pedido)) {
    const leg = itinerarios[0]?.odos[0]?.segmentos[0]?.legs[0]
    assert.deepEqual([leg?.origen.nombre, leg?.destino.nombre], [nombre, 'JFK aeropuerto'])
  }
})

test('B38 los pasajeros se guardan completos y en orden', async () => {
  const pasajeros = [
    { nombre: 'Ana', tipo: 'ADULTO', clase: 'PRIMERA' },
    { nombre: null, tipo: 'MENOR', clase: 'ECONOMICA' },
    { nombre: 'Ana', tipo: 'ADULTO', clase: 'PRIMERA' },
  ]
  for (const leida of await porCadaCamino({ ...unPedido(), pasajeros })) assert.deepEqual(leida.pasajeros, pasajeros)
})

test('B01 el id es el que se respondió, en cada lectura, y el que mande el cliente se ignora', async () => {
  const propio = '11111111-1111-4111-8111-111111111111'
  const { id } = await invitado.unaReserva(unPedido({ id: propio }))
  assert.notEqual(id, propio)
  for (let i = 0; i < 3; i++) assert.equal((await invitado.reserva(id)).json().id, id)
})

test('B02 cada reserva lleva la hora en que se hizo, no la de arranque del proceso', async () => {
  const desde = Math.floor(Date.now() / 1_000) * 1_000
  for (const { fecha_creacion, fecha_actualizacion } of await porCadaCamino(unPedido())) {
    assert.ok(Date.parse(fecha_creacion) >= desde && Date.parse(fecha_creacion) <= Date.now())
    assert.equal(fecha_actualizacion, fecha_creacion)
  }
})

test('lo que nadie declaró se ignora y no se guarda en ninguna parte, tampoco en los mensajes', async () => {
  const CANARIO = 'canario-7f3a'
  const extra = { intruso: CANARIO, [`clave-${CANARIO}`]: 1, estado: CANARIO, id_cliente: CANARIO, admin: true }
  const leg = unLeg('BOG-JFK', 0, { ...extra, origen: { codigo: 'BOG', ...extra }, destino: { codigo: 'JFK', ...extra } })
  const pedido = {
    ...extra,
    itinerarios: [{ ...extra, odos: [{ ...extra, segmentos: [{ ...extra, legs: [leg] }] }] }],
    pasajeros: [{ tipo: 'ADULTO', clase: 'PRIMERA', ...extra }],
  }
  for (const leida of await porCadaCamino(pedido)) {
    assert.doesNotMatch(JSON.stringify(leida), new RegExp(CANARIO))
    assert.partialDeepStrictEqual(leida, { estado: 'PENDIENTE', id_cliente: null })
  }
  assert.deepEqual(await tablasCon(api, CANARIO), [])
})

test('lo declarado sí se encuentra en ellas: la búsqueda de la prueba anterior sabe mirar', async () => {
  const CANARIO = 'canario-9b1c'
  await porCadaCamino(unPedidoDe(unLeg('BOG-JFK', 0, { origen: { codigo: 'BOG', nombre: CANARIO } })))
  assert.deepEqual(await tablasCon(api, CANARIO), api.conLog ? ['outbox', 'reservas'] : ['reservas'])
})
