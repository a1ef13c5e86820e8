import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { crearProceso } from 'aeroalpes-api/proceso.ts'
import { bitacoraEnMemoria } from 'seedwork/presentacion/servidor_de_prueba.ts'
import { abrirApi } from './apoyo/api.ts'
import { publicadosEn } from './apoyo/archivo.ts'
import { type Cliente, crearCliente, type OperacionJson } from './apoyo/cliente.ts'
import { hastaQue, publicar } from './apoyo/hechos.ts'
import { dentroDe, entornoAcelerado, unaCompra, unaOferta } from './apoyo/ofertas.ts'

const RAPIDO = 20
const acepta = await abrirApi({ entorno: entornoAcelerado(RAPIDO), aerolinea: 'acepta' })
after(acepta.cerrar)
const rechaza = await abrirApi({ entorno: entornoAcelerado(RAPIDO), aerolinea: 'rechaza' })
after(rechaza.cerrar)

const reservar = async (quien: Cliente, dias = 45): Promise<ReservaJson> => {
  const respuesta = await quien.reservar(unaCompra(await unaOferta(quien, { fecha: dentroDe(dias) })))
  assert.equal(respuesta.estado, 200, respuesta.texto)
  return respuesta.json<ReservaJson>()
}
const reservaEn = (quien: Cliente, id: string, estado: string) =>
  hastaQue(`la reserva está ${estado}`, async () => {
    const reserva = (await quien.reserva(id)).json<ReservaJson>()
    return reserva.estado === estado && reserva
  })

test('la aerolínea acepta: la reserva se aprueba sola y entonces se puede pagar', async () => {
  const { id } = await reservar(acepta.invitado)
  const aprobada = await reservaEn(acepta.invitado, id, 'APROBADA')
  assert.deepEqual(aprobada.acciones_disponibles, ['pagar', 'cancelar'])
  assert.equal((await acepta.invitado.desenlace(await acepta.invitado.pagar(id))).estado, 'completada')
})

test('la aerolínea rechaza: la reserva se cancela con su motivo y los asientos vuelven', async () => {
  const criterio = { fecha: dentroDe(46), tamano_pagina: '1' }
  const antes = await unaOferta(rechaza.invitado, criterio)
  const { id } = (await rechaza.invitado.reservar(unaCompra(antes))).json<ReservaJson>()
  const cancelada = await reservaEn(rechaza.invitado, id, 'CANCELADA')
  assert.match(cancelada.motivo ?? '', /^La aerolínea .+ No se cobró nada$/)
  const detalle = cancelada.linea_de_tiempo.at(-1)?.detalle
  assert.ok(detalle?.en.startsWith('The airline'))
  assert.equal((await unaOferta(rechaza.invitado, criterio)).asientos, antes.asientos)
})

test('si el viajero cancela antes de la respuesta, no se pide nada a nadie', async () => {
  const { id } = await reservar(acepta.invitado)
  await acepta.invitado.desenlace(await acepta.invitado.cancelar(id))
  const otra = await reservar(acepta.invitado)
  await reservaEn(acepta.invitado, otra.id, 'APROBADA')
  assert.deepEqual(
    (await acepta.publicados('comandos-reserva', id)).filter((tipo) => tipo === 'AprobarReserva'),
    [],
  )
  assert.equal((await acepta.invitado.reserva(id)).json<ReservaJson>().estado, 'CANCELADA')
})

test('su respuesta llega como operación a nombre de la saga, en la conversación del viajero y para él', async () => {
  const sesion = acepta.como('sesion-conversacionConversaci')
  const oferta = await unaOferta(sesion)
  const respuesta = await sesion.reservar(unaCompra(oferta), { 'x-correlation-id': '018f4e2a-0000-7000-8000-00000000c0de' })
  const { id } = respuesta.json<ReservaJson>()
  await reservaEn(sesion, id, 'APROBADA')
  const senal = AbortSignal.timeout(5_000)
  for await (const { llave, propiedades } of acepta.sistema.broker.leer({ topico: 'eventos-operacion', desde: 'primero', senal })) {
    if (llave !== id) continue
    assert.partialDeepStrictEqual(propiedades, {
      actor: 'servicio:saga-reservas',
      propietario: 'sesion-conversacionConversaci',
      correlationid: '018f4e2a-0000-7000-8000-00000000c0de',
    })
    break
  }
})

test('el mismo evento dos veces, o copiado con otro identificador, pide la aprobación una sola vez', async () => {
  const { id } = await reservar(acepta.invitado)
  const senal = AbortSignal.timeout(5_000)
  for await (const creada of acepta.sistema.broker.leer({ topico: 'eventos-reserva', desde: 'primero', senal })) {
    if (creada.llave !== id) continue
    await publicar(acepta, creada, { ...creada, id: acepta.sistema.entorno.ids() })
    break
  }
  await reservaEn(acepta.invitado, id, 'APROBADA')
  const otra = await reservar(acepta.invitado)
  await reservaEn(acepta.invitado, otra.id, 'APROBADA')
  assert.deepEqual(await acepta.publicados('comandos-reserva', id), ['AprobarReserva'])
})

test('un reinicio entre la reserva y la respuesta no la pierde ni la repite', async () => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aerolinea-'))
  after(() => rmSync(carpeta, { recursive: true }))
  const entorno = entornoAcelerado(RAPIDO)
  const abrir = async () => {
    const { bitacora } = bitacoraEnMemoria()
    const proceso = await crearProceso({ carpeta, entorno, bitacora, clave: Buffer.alloc(32, 7), listaAbierta: false, aerolinea: 'acepta' })
    return { ...proceso, cliente: crearCliente(await proceso.escuchar({ host: '127.0.0.1', puerto: 0 })) }
  }
  const antes = await abrir()
  const ids = await Promise.all(Array.from({ length: 5 }, (_, i) => reservar(antes.cliente, 50 + i).then(({ id }) => id)))
  await antes.detener()
  const despues = await abrir()
  for (const id of ids) await reservaEn(despues.cliente, id, 'APROBADA')
  for (const id of ids) assert.deepEqual(await publicadosEn({ carpeta, base: 'sqlite' }, 'comandos-reserva', id), ['AprobarReserva'])
  await despues.detener()
})

test('una reserva del tutorial no espera a ninguna aerolínea', async () => {
  const { id } = await acepta.invitado.unaReserva()
  const otra = await reservar(acepta.invitado)
  await reservaEn(acepta.invitado, otra.id, 'APROBADA')
  assert.equal((await acepta.invitado.reserva(id)).json<ReservaJson>().estado, 'PENDIENTE')
  const final: OperacionJson = await acepta.operador.desenlace(await acepta.operador.aprobar(id))
  assert.equal(final.estado, 'completada')
})
