import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { llamar, metadatos } from 'sidecar/llamar.ts'
import { apiFingida } from '../apoyo/api_fingida.ts'
import { hastaQue } from '../apoyo/hechos.ts'
import { abrirSidecar, enMensaje, fallar, todo } from '../apoyo/sidecar.ts'

const callada = async (t: TestContext, limites: Readonly<Record<string, number>> = {}) => {
  const fingida = await apiFingida(t)
  const cortes: string[] = []
  fingida.responder = (peticion, respuesta) => respuesta.once('close', () => cortes.push(peticion.url ?? ''))
  const { cliente } = await fingida.sidecar({ opciones: { limites } })
  return { fingida, cliente, cortes, cortada: () => hastaQue('que la API vea irse el pedido', async () => cortes[0]) }
}

test('B55 el plazo de quien llama corta también el pedido a la API', async (t) => {
  const { cliente, cortada } = await callada(t)
  const falla = await fallar(llamar(cliente, 'consultarReserva', { id: 'x' }, { deadline: Date.now() + 1_000 }))
  assert.equal(status[falla.code], 'DEADLINE_EXCEEDED')
  assert.equal(await cortada(), '/vuelos/reserva/x')
})

test('B55 quien no pide plazo tiene uno: nadie espera para siempre', async (t) => {
  const { cliente, cortada } = await callada(t, { unaria: 500, flujo: 500 })
  const falla = await fallar(llamar(cliente, 'consultarReserva', { id: 'x' }))
  assert.deepEqual([status[falla.code], falla.info?.reason], ['DEADLINE_EXCEEDED', 'plazo_vencido'])
  await cortada()
  const flujo = await fallar(todo(cliente.observarOperacion({ id: 'y' })))
  assert.deepEqual([status[flujo.code], flujo.info?.reason], ['DEADLINE_EXCEEDED', 'plazo_vencido'])
})

test('si quien llama se va, el pedido a la API se corta: en una llamada y en un flujo', async (t) => {
  for (const metodo of ['consultarReserva', 'observarOperacion'] as const) {
    const { fingida, cliente, cortada } = await callada(t)
    const call = metodo === 'consultarReserva' ? cliente.consultarReserva({ id: 'x' }, () => {}) : cliente.observarOperacion({ id: 'x' })
    call.on('error', () => {})
    await hastaQue('que el pedido llegue a la API', async () => fingida.recibidas[0])
    call.cancel()
    await cortada()
  }
})

/** Un servidor que por cada conexión responde `buenas` peticiones y, en la siguiente, corta sin decir nada. */
const queCorta = async (t: TestContext, buenas: number) => {
  const peticiones: string[] = []
  const servidor = createServer((enchufe: Socket) => {
    let atendidas = 0
    enchufe.on('error', () => {})
    enchufe.on('data', (trozo): void => {
      peticiones.push(trozo.toString())
      if (atendidas++ >= buenas) return void enchufe.resetAndDestroy()
      const cuerpo = '{"id_operacion":"o","id_reserva":"r","estado":"aceptada"}'
      enchufe.write(`HTTP/1.1 202 Accepted\r\nContent-Length: ${cuerpo.length}\r\n\r\n${cuerpo}`)
    })
  }).listen(0, '127.0.0.1')
  await once(servidor, 'listening')
  t.after(() => servidor.close())
  const sidecar = await abrirSidecar({ api: `http://127.0.0.1:${(servidor.address() as AddressInfo).port}` })
  t.after(sidecar.cerrar)
  return { ...sidecar, peticiones }
}

const llaveDe = (peticion: string | undefined): string | undefined => /idempotency-key: (\S+)/i.exec(peticion ?? '')?.[1]

test('una conexión que se corta se repite una vez, con la misma llave, y quien llama no se entera', async (t) => {
  const { cliente, peticiones } = await queCorta(t, 1)
  await llamar(cliente, 'crearReservaComando', enMensaje())
  assert.equal((await llamar(cliente, 'crearReservaComando', enMensaje())).estado, 'ACEPTADA')
  const [primera, cortada, repetida, sobra] = peticiones.map(llaveDe)
  assert.ok(primera !== undefined && cortada !== undefined)
  assert.deepEqual([repetida, sobra], [cortada, undefined])
  assert.notEqual(cortada, primera)
})

test('si se corta siempre se repite una vez y nada más', async (t) => {
  const { cliente, peticiones } = await queCorta(t, 0)
  const metadata = metadatos({ 'idempotency-key': 'la-mia' })
  const falla = await fallar(llamar(cliente, 'crearReservaComando', enMensaje(), { metadata }))
  assert.deepEqual([status[falla.code], falla.reintentarEn], ['UNAVAILABLE', 1])
  assert.deepEqual(peticiones.map(llaveDe), ['la-mia', 'la-mia'])
})

test('a la API se va por conexiones que se mantienen', async (t) => {
  const { cliente, fingida } = await callada(t)
  fingida.responder = (_, respuesta) => respuesta.writeHead(404).end('{"codigo":"nada"}')
  for (let i = 0; i < 20; i++) await fallar(llamar(cliente, 'consultarReserva', { id: String(i) }))
  assert.equal(new Set(fingida.recibidas.map(({ socket }) => socket)).size, 1)
})
