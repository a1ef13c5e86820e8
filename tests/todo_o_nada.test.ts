import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { CrearReserva, leerPedido, type ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { ANONIMO } from 'seedwork/aplicacion/actor.ts'
import { ReglaRota } from 'seedwork/dominio/reglas.ts'
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'
import { abrirApi } from './apoyo/api.ts'
import { filas } from './apoyo/archivo.ts'
import type { AceptadaJson } from './apoyo/cliente.ts'
import { cuando, esProblema, responde } from './apoyo/frases.ts'
import { unPedido } from './apoyo/pedidos.ts'

const api = await abrirApi()
after(api.cerrar)
afterEach(() => armarCaida())
const { invitado } = api

/** Falla al pasar por ese punto, sea quien sea. */
const fallarEn = (punto: string): void =>
  armarCaida((nombre) => {
    if (nombre === punto) throw new Error(`falla en ${punto}`)
  })

for (const punto of [
  'comando.antes_de_manejar',
  'comando.despues_de_manejar',
  'outbox.antes_de_escribir',
  'outbox.despues_de_escribir',
] as const)
  test(`B32 la reserva y su evento quedan juntos o no queda ninguno: falla en ${punto}`, async () => {
    const antes = await filas(api)
    fallarEn(punto)
    await cuando(() => invitado.reservar()).entonces(esProblema(500, 'error_interno'))
    assert.deepEqual(await filas(api), antes)
    armarCaida()
    const { id } = await invitado.unaReserva()
    assert.deepEqual(await api.publicados('eventos-reserva', id), ['ReservaCreada'])
    assert.equal((await filas(api)).reservas, antes.reservas + 1)
  })

test('B32 la operación y su comando quedan juntos o no queda ninguno', async () => {
  const antes = await filas(api)
  fallarEn('outbox.despues_de_escribir')
  await cuando(() => invitado.reservarDespues()).entonces(esProblema(500, 'error_interno'))
  assert.deepEqual(await filas(api), antes)
  armarCaida()
  const { id_operacion, id_reserva } = (await cuando(() => invitado.reservarDespues()).seObtiene(responde(202))).json<AceptadaJson>()
  assert.deepEqual(await api.publicados('comandos-reserva', id_reserva), ['CrearReserva'])
  await cuando(() => invitado.operacion(`/operaciones/${id_operacion}`)).entonces(responde(200, { estado: 'completada' }))
})

test('B33 la regla que se rompe cuando el comando ya había escrito lo deshace: queda la operación fallida, y nada más', async () => {
  armarCaida((nombre) => {
    if (nombre === 'comando.despues_de_manejar') throw new ReglaRota('AsientosDisponibles', { es: 'ya no', en: 'no more' })
  })
  const { id_operacion, id_reserva } = (await cuando(() => invitado.reservarDespues()).seObtiene(responde(202))).json<AceptadaJson>()
  await cuando(() => invitado.operacion(`/operaciones/${id_operacion}`)).entonces(responde(200, { estado: 'fallida' }))
  armarCaida()
  await cuando(() => invitado.reserva(id_reserva)).entonces(esProblema(404, 'reserva_no_encontrada'))
  assert.deepEqual(await api.publicados('eventos-reserva', id_reserva), [])
})

test('un error de adentro no cuenta por qué: da una correlación, y la bitácora tiene el resto', async () => {
  fallarEn('outbox.antes_de_escribir')
  const respuesta = await cuando(() => invitado.reservar()).seObtiene(esProblema(500, 'error_interno'))
  assert.doesNotMatch(respuesta.texto, /falla en|outbox|\.ts/)
  const correlacion = respuesta.cabeceras.get('x-correlation-id')
  assert.ok(api.lineas.some((linea) => linea.correlacion === correlacion && JSON.stringify(linea.err ?? '').includes('falla en outbox')))
})

test('B31 de una unidad con varias reservas salen los eventos de todas, una vez', async () => {
  const ids = [api.sistema.entorno.ids(), api.sistema.entorno.ids(), api.sistema.entorno.ids()]
  const origen = { actor: ANONIMO, correlacion: 'c', causa: 'c' }
  await api.sistema.almacen.ejecutar(async (tx) => {
    for (const id_reserva of ids) await api.sistema.ejecutar(tx, CrearReserva, { id_reserva, ...leerPedido(unPedido()) }, origen)
  })
  for (const id of ids) {
    assert.deepEqual(await api.publicados('eventos-reserva', id), ['ReservaCreada'])
    await cuando(() => invitado.reserva(id)).entonces(responde(200, { id }))
  }
})

test('B31 si la última falla no sale ninguno', async () => {
  const origen = { actor: ANONIMO, correlacion: 'c', causa: 'c' }
  const antes = await filas(api)
  const dos = api.sistema.almacen.ejecutar(async (tx) => {
    await api.sistema.ejecutar(tx, CrearReserva, { id_reserva: api.sistema.entorno.ids(), ...leerPedido(unPedido()) }, origen)
    await api.sistema.ejecutar(tx, CrearReserva, { id_reserva: api.sistema.entorno.ids(), itinerarios: [], pasajeros: [] }, origen)
  })
  await assert.rejects(dos, { codigo: 'MinimoUnItinerario' })
  assert.deepEqual(await filas(api), antes)
})

test('B32 muchas a la vez, con fallas entre medio: cada 200 tiene su reserva y su evento, y cada falla nada', async () => {
  const antes = await filas(api)
  let turno = 0
  armarCaida((nombre) => {
    if (nombre === 'outbox.despues_de_escribir' && ++turno % 3 === 0) throw new Error('una de cada tres')
  })
  const respuestas = await Promise.all(Array.from({ length: 60 }, () => invitado.reservar()))
  armarCaida()
  const hechas = respuestas.filter(({ estado }) => estado === 200)
  assert.deepEqual([hechas.length, respuestas.filter(({ estado }) => estado === 500).length], [40, 20])
  assert.equal((await filas(api)).reservas - antes.reservas, 40)
  assert.equal((await filas(api)).outbox - antes.outbox, 40)
  for (const { id } of hechas.map((hecha) => hecha.json<ReservaJson>()))
    assert.equal((await api.publicados('eventos-reserva', id)).length, 1)
})
