import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { cargar, lectorDeRespuestas } from './http_crudo.ts'

const RESPUESTA = Buffer.from('HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\ndate: hoy\r\n\r\nlisto')

test('una respuesta se reconoce entera aunque llegue de a un byte', () => {
  const estados: number[] = []
  const leer = lectorDeRespuestas((estado) => estados.push(estado))
  for (const octeto of RESPUESTA.subarray(0, -1)) leer(Buffer.from([octeto]))
  assert.deepEqual(estados, [])
  leer(RESPUESTA.subarray(-1))
  leer(RESPUESTA)
  assert.deepEqual(estados, [202, 202])
})

const escuchar = async (t: TestContext, atender: RequestListener): Promise<number> => {
  const servidor = createServer(atender)
  t.after(() => servidor.close())
  await new Promise<void>((listo) => servidor.listen(0, '127.0.0.1', listo))
  return (servidor.address() as AddressInfo).port
}

test('cada conexión pide lo suyo, de a una, y se cuenta cada respuesta', async (t) => {
  const pedidas: string[] = []
  const puerto = await escuchar(t, ({ url = '' }, respuesta) => {
    pedidas.push(url)
    respuesta.setHeader('content-length', 2).end('ok')
  })
  const peticiones = ['/a', '/b', '/c', '/d'].map((camino) => `GET ${camino} HTTP/1.1\r\nhost: x\r\n\r\n`)
  const { inicio, fin, latencias } = await cargar({ puerto, peticiones, enVuelo: 2, ms: 50, estado: 200 })
  assert.equal(latencias.length, pedidas.length)
  assert.deepEqual(new Set(pedidas), new Set(['/a', '/b', '/c', '/d']))
  assert.ok(fin > inicio)
})

test('una respuesta con otro estado que el esperado detiene la carga', async (t) => {
  const puerto = await escuchar(t, (_, respuesta) => void respuesta.writeHead(503, { 'content-length': 0 }).end())
  const peticiones = ['GET / HTTP/1.1\r\nhost: x\r\n\r\n']
  await assert.rejects(cargar({ puerto, peticiones, enVuelo: 1, ms: 50, estado: 200 }), /Se esperaba un 200 y llegó un 503/)
})
