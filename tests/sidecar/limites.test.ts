import assert from 'node:assert/strict'
import { connect } from 'node:http2'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { credentials, status } from '@grpc/grpc-js'
import { Reserva, VuelosClient } from 'sidecar/gen/vuelos.ts'
import { llamar, metadatos } from 'sidecar/llamar.ts'
import { apiFingida } from '../apoyo/api_fingida.ts'
import { hastaQue } from '../apoyo/hechos.ts'
import { enMensaje, fallar, todo } from '../apoyo/sidecar.ts'

const MEGA = 1_048_576

/** Llama con los bytes dichos, como lo haría un cliente que no respeta nada, y da el estado con que se le responde. */
const enBytes = (direccion: string, datos: Buffer, cabeceras: Readonly<Record<string, string>> = {}): Promise<string> =>
  new Promise((resolver, rechazar) => {
    const sesion = connect(`http://${direccion}`)
    sesion.once('error', rechazar)
    const flujo = sesion.request({
      ':method': 'POST',
      ':path': '/vuelos.Vuelos/CrearReserva',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...cabeceras,
    })
    const leer = (recibidas: Readonly<Record<string, unknown>>) => {
      if (recibidas['grpc-status'] === undefined) return
      resolver(status[Number(recibidas['grpc-status'])] ?? '')
      sesion.destroy()
    }
    flujo.on('response', leer).on('trailers', leer).on('error', rechazar)
    flujo.end(datos)
  })

const marco = (mensaje: Buffer, comprimido = 0): Buffer => {
  const cabeza = Buffer.from([comprimido, 0, 0, 0, 0])
  cabeza.writeUInt32BE(mensaje.length, 1)
  return Buffer.concat([cabeza, mensaje])
}

const sinApi = async (t: TestContext) => {
  const fingida = await apiFingida(t)
  return { fingida, ...(await fingida.sidecar()) }
}

test('un mensaje de más de 4 MB se rechaza, también el que sólo lo es al descomprimirlo', async (t) => {
  const { fingida, direccion } = await sinApi(t)
  assert.equal(await enBytes(direccion, marco(Buffer.alloc(4 * MEGA + 1))), 'RESOURCE_EXHAUSTED')
  const bomba = gzipSync(Buffer.alloc(256 * MEGA))
  assert.ok(bomba.length < MEGA)
  assert.equal(await enBytes(direccion, marco(bomba, 1), { 'grpc-encoding': 'gzip' }), 'RESOURCE_EXHAUSTED')
  assert.deepEqual(fingida.recibidas, [])
})

test('un pedido que no le cabría a la API no se interpreta: ni miles de elementos vacíos, ni un texto enorme', async (t) => {
  const { fingida, cliente } = await sinApi(t)
  const legs = Array.from({ length: 60_000 }, () => ({}) as never)
  const vacios = { ...enMensaje({ itinerarios: [] }), itinerarios: [{ odos: [{ segmentos: [{ legs }] }] }] }
  assert.ok(Reserva.encode(vacios).finish().length < 300_000)
  assert.equal(status[(await fallar(llamar(cliente, 'crearReserva', vacios))).code], 'RESOURCE_EXHAUSTED')
  const texto = enMensaje({ itinerarios: [] }, { id_oferta: 'x'.repeat(70_000) })
  assert.equal((await fallar(llamar(cliente, 'crearReserva', texto))).info?.reason, 'cuerpo_demasiado_grande')
  assert.deepEqual(fingida.recibidas, [])
})

test('unos bytes que no son de este contrato, y unos metadatos que no se pueden reenviar, son culpa de quien llama', async (t) => {
  const { direccion, cliente } = await sinApi(t)
  assert.equal(await enBytes(direccion, marco(Buffer.from('ff'.repeat(20), 'hex'))), 'INVALID_ARGUMENT')
  assert.equal(await enBytes(direccion, Buffer.alloc(0)), 'UNIMPLEMENTED')
  assert.equal(await enBytes(direccion, marco(Buffer.alloc(0)), { ':path': '/vuelos.Vuelos/NoExiste' }), 'UNIMPLEMENTED')
  const metadata = metadatos({ 'idempotency-key': 'x'.repeat(2_000) })
  const larga = await fallar(llamar(cliente, 'crearReserva', enMensaje(), { metadata }))
  assert.deepEqual([status[larga.code], larga.campos[0]?.field], ['INVALID_ARGUMENT', 'idempotency-key'])
})

test('pasado el límite de llamadas en curso las demás reciben RESOURCE_EXHAUSTED, y entran cuando hay lugar', async (t) => {
  const fingida = await apiFingida(t)
  const { cliente } = await fingida.sidecar({ opciones: { limites: { unariasEnCurso: 2 } } })
  fingida.responder = () => {}
  const pedir = () => fallar(llamar(cliente, 'consultarReserva', { id: 'x' }))
  const ocupan = [pedir(), pedir()]
  await hastaQue('que las dos lleguen a la API', async () => fingida.recibidas.length === 2)
  const demas = await pedir()
  assert.deepEqual([status[demas.code], demas.info?.reason, demas.reintentarEn], ['RESOURCE_EXHAUSTED', 'demasiadas_llamadas', 1])
  fingida.responder = (_, respuesta) => respuesta.writeHead(404).end('{}')
  await fingida.cerrar()
  for (const { code } of await Promise.all(ocupan)) assert.equal(status[code], 'UNAVAILABLE')
  assert.equal(status[(await pedir()).code], 'UNAVAILABLE')
})

test('un pedido que no termina de llegar no ocupa un lugar para siempre', async (t) => {
  const fingida = await apiFingida(t)
  const { direccion } = await fingida.sidecar({ opciones: { limites: { llegada: 100 } } })
  const sesion = connect(`http://${direccion}`)
  const flujo = sesion.request({
    ':method': 'POST',
    ':path': '/vuelos.Vuelos/CrearReserva',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  flujo.write(marco(Buffer.alloc(100)).subarray(0, 50))
  const estado = await new Promise((resolver) => flujo.once('response', (cabeceras) => resolver(cabeceras['grpc-status'])))
  sesion.destroy()
  assert.equal(status[Number(estado)], 'DEADLINE_EXCEEDED')
})

test('al detenerse las llamadas en curso terminan, los flujos se despiden y nadie más entra', async (t) => {
  const fingida = await apiFingida(t)
  const { cliente, direccion, detener } = await fingida.sidecar()
  const soltar: (() => void)[] = []
  fingida.responder = (_, respuesta) => soltar.push(() => respuesta.writeHead(404).end('{"codigo":"terminada"}'))
  const enCurso = fallar(llamar(cliente, 'consultarReserva', { id: 'x' }))
  const flujo = fallar(todo(cliente.observarOperacion({ id: 'x' })))
  await hastaQue('que los dos lleguen a la API', async () => fingida.recibidas.length === 2)
  fingida.responder = (_, respuesta) => respuesta.writeHead(500).end('{}')
  const deteniendo = detener()
  assert.deepEqual([status[(await flujo).code], (await flujo).info?.reason], ['UNAVAILABLE', 'cerrando'])
  const otro = new VuelosClient(direccion, credentials.createInsecure())
  t.after(() => otro.close())
  assert.equal(status[(await fallar(llamar(otro, 'consultarReserva', { id: 'y' }))).code], 'UNAVAILABLE')
  for (const responder of soltar) responder()
  assert.equal((await enCurso).info?.reason, 'terminada')
  await deteniendo
})

test('una llamada que no termina en el tiempo de gracia se corta', async (t) => {
  const fingida = await apiFingida(t)
  const { cliente, detener } = await fingida.sidecar({ opciones: { limites: { gracia: 100 } } })
  fingida.responder = () => {}
  const enCurso = fallar(llamar(cliente, 'consultarReserva', { id: 'x' }))
  await hastaQue('que llegue a la API', async () => fingida.recibidas[0])
  await detener()
  assert.ok(['UNAVAILABLE', 'CANCELLED'].includes(status[(await enCurso).code] ?? ''))
})
