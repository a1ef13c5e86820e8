import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { llamar, metadatos } from 'sidecar/llamar.ts'
import { type Api, abrirApi, CLAVE } from '../apoyo/api.ts'
import { apiFingida } from '../apoyo/api_fingida.ts'
import { ID_DE_NADIE, unLeg, unPedidoDe } from '../apoyo/pedidos.ts'
import { abrirSidecar, enMensaje, type Falla, fallar, type SidecarDePrueba, todo } from '../apoyo/sidecar.ts'

let api: Api
let sidecar: SidecarDePrueba
before(async () => {
  api = await abrirApi()
  sidecar = await abrirSidecar({ api: api.url })
})
after(async () => {
  await sidecar.cerrar()
  await api.cerrar()
})

const resumen = ({ code, info, reintentarEn }: Falla) => [status[code], info?.reason, reintentarEn]

test('B53 lo que la API rechaza es un estado de gRPC y nunca un OK: una regla, un dato, lo que no existe, lo que no se permite', async () => {
  const { cliente } = sidecar
  const regla = await fallar(llamar(cliente, 'crearReserva', enMensaje(unPedidoDe(unLeg('BOG-BOG')))))
  assert.deepEqual(resumen(regla), ['FAILED_PRECONDITION', 'RutaValida', undefined])
  assert.match(regla.info?.metadata.error ?? '', /^RutaValida - /)
  assert.deepEqual([regla.info?.domain, regla.estado?.code, regla.estado?.message], ['aeroalpes', regla.code, regla.details])
  assert.equal(regla.info?.metadata.correlacion, regla.correlacion)

  const vacia = await fallar(llamar(cliente, 'crearReserva', enMensaje({ itinerarios: [] })))
  assert.deepEqual(resumen(vacia), ['FAILED_PRECONDITION', 'MinimoUnItinerario', undefined])
  const nadie = await fallar(llamar(cliente, 'consultarReserva', { id: ID_DE_NADIE }))
  assert.deepEqual(resumen(nadie), ['NOT_FOUND', 'reserva_no_encontrada', undefined])
  const falso = await fallar(llamar(cliente, 'consultarReserva', { id: ID_DE_NADIE }, { metadata: metadatos({ 'x-actor': 'mentira' }) }))
  assert.deepEqual(resumen(falso), ['UNAUTHENTICATED', 'actor_invalido', undefined])
})

test('un dato inválido dice cuál es, con su camino en el mensaje', async () => {
  const sinCodigo = { ...unLeg(), origen: { codigo: '', nombre: '' } }
  const falla = await fallar(llamar(sidecar.cliente, 'crearReserva', enMensaje(unPedidoDe(unLeg(), sinCodigo))))
  assert.deepEqual(resumen(falla), ['INVALID_ARGUMENT', 'datos_invalidos', undefined])
  assert.deepEqual(
    falla.campos.map(({ field }) => field),
    ['itinerarios[0].odos[0].segmentos[0].legs[1].origen.codigo'],
  )
  const pedido = enMensaje()
  const leg = pedido.itinerarios[0]?.odos[0]?.segmentos[0]?.legs[0]
  assert.ok(leg)
  for (const fecha_salida of [{ seconds: 10n ** 15n, nanos: 0 }, { seconds: 0n, nanos: -1 }, undefined]) {
    leg.fecha_salida = fecha_salida
    const { code, campos } = await fallar(llamar(sidecar.cliente, 'crearReserva', pedido))
    assert.equal(status[code], 'INVALID_ARGUMENT')
    assert.match(campos[0]?.field ?? '', /^itinerarios\[0\]\.odos\[0\]\.segmentos\[0\]\.legs\[0\]/)
  }
})

test('con miles de datos inválidos los detalles siguen cabiendo en las cabeceras', async () => {
  const malo = { ...unLeg(), origen: { codigo: '', nombre: '' } }
  const falla = await fallar(llamar(sidecar.cliente, 'crearReserva', enMensaje(unPedidoDe(...Array.from({ length: 300 }, () => malo)))))
  assert.equal(status[falla.code], 'INVALID_ARGUMENT')
  assert.ok(falla.campos.length > 5)
})

test('la frase llega en el idioma de quien llama', async () => {
  const metadata = metadatos({ 'accept-language': 'en' })
  const { details } = await fallar(llamar(sidecar.cliente, 'consultarReserva', { id: ID_DE_NADIE }, { metadata }))
  assert.match(details, /reservation/i)
})

test('lo ajeno no existe: se lee y se observa como si no estuviera', async () => {
  const de = (id: string) => metadatos({ 'x-actor': firmarActor(CLAVE, { id, rol: 'viajero' }, Date.now() + 60_000) })
  const { id, id_reserva } = await llamar(sidecar.cliente, 'crearReservaComando', enMensaje(), { metadata: de('duena') })
  await todo(sidecar.cliente.observarOperacion({ id }, de('duena')))
  const otra = await fallar(llamar(sidecar.cliente, 'consultarReserva', { id: id_reserva }, { metadata: de('otra') }))
  assert.equal(status[otra.code], 'NOT_FOUND')
  const observada = await fallar(todo(sidecar.cliente.observarOperacion({ id }, de('otra'))))
  assert.equal(status[observada.code], 'NOT_FOUND')
})

test('cada respuesta de la API tiene su estado; las que piden esperar dicen cuánto', async (t) => {
  const fingida = await apiFingida(t)
  const { cliente } = await fingida.sidecar()
  const problema = (codigo: string) => ({ type: 'x', codigo, detail: 'frase' })
  for (const [estado, esperado, espera] of [
    [400, 'INVALID_ARGUMENT', undefined],
    [401, 'UNAUTHENTICATED', undefined],
    [403, 'PERMISSION_DENIED', undefined],
    [404, 'NOT_FOUND', undefined],
    [409, 'ABORTED', 7],
    [413, 'RESOURCE_EXHAUSTED', undefined],
    [422, 'INVALID_ARGUMENT', undefined],
    [429, 'UNAVAILABLE', 7],
    [500, 'INTERNAL', undefined],
    [503, 'UNAVAILABLE', 7],
    [504, 'UNAVAILABLE', 1],
  ] as const) {
    fingida.responder = (_, respuesta) =>
      respuesta.writeHead(estado, { ...(espera === 7 && { 'retry-after': '7' }) }).end(JSON.stringify(problema(`c${estado}`)))
    const falla = await fallar(llamar(cliente, 'consultarReserva', { id: 'x' }))
    assert.deepEqual(resumen(falla), [esperado, `c${estado}`, espera])
    assert.equal(falla.details, 'frase')
  }
  // Y por cada conexión piden muchos: la API no la pausa si se lo dicen (RFC 9110 §7.6.3).
  assert.ok(fingida.recibidas.every(({ headers }) => headers.via === '2.0 sidecar'))
})

test('sin API, o con una que no habla como ella, se responde UNAVAILABLE y que se puede repetir', async (t) => {
  const fingida = await apiFingida(t)
  const { cliente } = await fingida.sidecar()
  const pedir = () => fallar(llamar(cliente, 'consultarReserva', { id: 'x' }))
  for (const cuerpo of ['<html>', '"texto"', '']) {
    fingida.responder = (_, respuesta) => respuesta.writeHead(200).end(cuerpo)
    assert.deepEqual(resumen(await pedir()), ['UNAVAILABLE', 'api_no_disponible', 1])
  }
  await fingida.cerrar()
  assert.deepEqual(resumen(await pedir()), ['UNAVAILABLE', 'api_no_disponible', 1])
})

test('un error sin prever sólo dice que es interno, y queda en la bitácora', async (t) => {
  const fingida = await apiFingida(t)
  const { cliente, lineas } = await fingida.sidecar()
  fingida.responder = (_, respuesta) => respuesta.writeHead(200).end('{"sin":"forma"}')
  const falla = await fallar(llamar(cliente, 'consultarReserva', { id: 'x' }))
  assert.deepEqual([...resumen(falla), falla.details], ['INTERNAL', 'error_interno', undefined, 'Algo falló de nuestro lado.'])
  assert.ok(lineas.some(({ msg, correlacion }) => msg === 'error sin prever' && correlacion === falla.correlacion))
})
