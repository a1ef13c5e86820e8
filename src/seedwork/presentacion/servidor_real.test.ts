import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { DatosDelServidor } from './servidor.ts'
import { type Linea, servidorDePrueba } from './servidor_de_prueba.ts'

/** Un servidor que calla más que esto ya no va a responder. */
const PLAZO = 5_000

type Escucha = Readonly<{ base: string; puerto: number; lineas: Linea[]; servidor: FastifyInstance }>

const escuchar = async (
  t: TestContext,
  datos: Partial<DatosDelServidor> = {},
  masRutas: (servidor: FastifyInstance) => void = () => {},
): Promise<Escucha> => {
  const { servidor, lineas } = servidorDePrueba(datos, masRutas)
  await servidor.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => servidor.close())
  const { port: puerto } = servidor.server.address() as AddressInfo
  return { base: `http://127.0.0.1:${puerto}`, puerto, lineas, servidor }
}

/** Todo lo que llega por el socket hasta que se cierra. */
const leerTodo = async (socket: Socket): Promise<string> => {
  const trozos: Buffer[] = []
  socket.on('data', (trozo) => trozos.push(trozo))
  socket.on('error', () => {})
  socket.setTimeout(PLAZO, () => socket.destroy())
  await once(socket, 'close')
  return Buffer.concat(trozos).toString()
}

/** Escribe bytes crudos y devuelve todo lo que el servidor responde hasta que cierra. */
const escribir = (puerto: number, crudo: string): Promise<string> => {
  const socket = connect(puerto, '127.0.0.1')
  socket.write(crudo)
  return leerTodo(socket)
}

const cuerpoDe = (respuesta: string): Record<string, unknown> => JSON.parse(respuesta.slice(respuesta.indexOf('\r\n\r\n') + 4))

test('B21 HTTP mal formado recibe un problema 400 y el servidor sigue', async (t) => {
  const { base, puerto, lineas } = await escuchar(t)
  for (const crudo of [
    'BASURA\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
    '\x16\x03\x01\x02',
  ]) {
    const respuesta = await escribir(puerto, crudo)
    assert.match(respuesta, /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/)
    assert.equal(cuerpoDe(respuesta).codigo, 'peticion_mal_formada')
  }
  assert.equal(lineas.filter(({ msg }) => msg === 'conexión rota').length, 4)
  assert.equal((await fetch(`${base}/quien`)).status, 200)
})

test('B21 en HTTP/1.1 falta Host: también es un problema 400; HTTP/1.0 no lo exige', async (t) => {
  const { puerto } = await escuchar(t)
  const respuesta = await escribir(puerto, 'GET /quien HTTP/1.1\r\nConnection: close\r\n\r\n')
  assert.match(respuesta, /^HTTP\/1\.1 400 [\s\S]*\r\ncontent-type: application\/problem\+json/)
  assert.equal(cuerpoDe(respuesta).codigo, 'peticion_mal_formada')
  assert.match(await escribir(puerto, 'GET /quien HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /)
})

test('una Expect que nadie conoce se pasa por alto: la respuesta es la de siempre', async (t) => {
  const { puerto } = await escuchar(t)
  const respuesta = await escribir(puerto, 'GET /quien HTTP/1.1\r\nHost: a\r\nExpect: todo\r\nConnection: close\r\n\r\n')
  assert.match(respuesta, /^HTTP\/1\.1 200 /)
})

test('más de 16 KB de cabeceras reciben 431', async (t) => {
  const { puerto } = await escuchar(t)
  const respuesta = await escribir(puerto, `GET /quien HTTP/1.1\r\nHost: a\r\nX-Relleno: ${'x'.repeat(16_400)}\r\n\r\n`)
  assert.match(respuesta, /^HTTP\/1\.1 431 /)
  assert.equal(cuerpoDe(respuesta).codigo, 'cabeceras_demasiado_grandes')
})

test('unas cabeceras que no terminan de llegar reciben 408', async (t) => {
  const { puerto } = await escuchar(t, { limites: { esperaCabeceras: 50, esperaPeticion: 100 } })
  const respuesta = await escribir(puerto, 'GET /quien HTTP/1.1\r\nHost: a\r\n')
  assert.match(respuesta, /^HTTP\/1\.1 408 /)
  assert.equal(cuerpoDe(respuesta).codigo, 'espera_agotada')
})

test('un cuerpo que no termina de llegar recibe 408', async (t) => {
  const { puerto } = await escuchar(t, { limites: { esperaCabeceras: 50, esperaPeticion: 100 } })
  const respuesta = await escribir(puerto, 'POST /eco HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{')
  assert.match(respuesta, /^HTTP\/1\.1 408 /)
})

test('quien envía un cuerpo enorme recibe 413 entero, con longitud declarada o sin ella', async (t) => {
  const { base } = await escuchar(t)
  const cabeceras = { 'content-type': 'application/json' }
  const grande = Buffer.alloc(5_000_000, 0x20)
  const trozos = new ReadableStream({
    start: (control) => {
      for (let i = 0; i < 50; i++) control.enqueue(grande.subarray(0, 100_000))
      control.close()
    },
  })
  for (const body of [grande, trozos]) {
    const respuesta = await fetch(`${base}/eco`, { method: 'POST', headers: cabeceras, body, duplex: 'half' })
    assert.equal(respuesta.status, 413)
    assert.equal(((await respuesta.json()) as { codigo: string }).codigo, 'cuerpo_demasiado_grande')
  }
})

test('tras un error en el cuerpo la misma conexión sirve para otro pedido', async (t) => {
  const { puerto } = await escuchar(t)
  const pedido = (cuerpo: string, conexion: string): string =>
    `POST /eco HTTP/1.1\r\nHost: a\r\nConnection: ${conexion}\r\nContent-Type: application/json\r\nContent-Length: ${cuerpo.length}\r\n\r\n${cuerpo}`
  const respuestas = await escribir(puerto, pedido('{', 'keep-alive') + pedido('{}', 'close'))
  assert.deepEqual(respuestas.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 400', 'HTTP/1.1 200'])
})

test('una conexión cortada a medio cuerpo no tumba nada', async (t) => {
  const { base, puerto } = await escuchar(t)
  const socket = connect(puerto, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('POST /eco HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{')
  socket.resetAndDestroy()
  assert.equal((await fetch(`${base}/quien`)).status, 200)
})

test('a quien no espera la respuesta también se le anota una línea', async (t) => {
  const [llego, anotada] = [Promise.withResolvers<void>(), Promise.withResolvers<Linea>()]
  const bitacora = pino({ base: null }, { write: (linea) => linea.includes('respuesta') && anotada.resolve(JSON.parse(linea)) })
  const { base } = await escuchar(t, { bitacora }, (s) =>
    s.post('/espera', () => {
      llego.resolve()
      return new Promise(() => {})
    }),
  )
  const corte = new AbortController()
  const pedido = fetch(`${base}/espera`, { method: 'POST', signal: corte.signal })
  await llego.promise
  corte.abort()
  await assert.rejects(pedido)
  const { ruta, estado, codigo } = await anotada.promise
  assert.deepEqual([ruta, estado, codigo], ['/espera', 499, 'cliente_ausente'])
})

test('mientras se cierra, lo empezado termina y lo nuevo recibe un problema 503', async (t) => {
  const [llego, cerrando, sigue] = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { puerto, servidor } = await escuchar(t, {}, (s) => {
    s.addHook('preClose', async () => cerrando.resolve())
    s.addHook('onSend', async ({ codigo }) => {
      if (codigo === 'cerrando') sigue.resolve()
    })
    s.get('/espera', async () => {
      llego.resolve()
      await sigue.promise
      return {}
    })
  })
  const [empezado, nuevo] = [connect(puerto, '127.0.0.1'), connect(puerto, '127.0.0.1')]
  const [delEmpezado, delNuevo] = [leerTodo(empezado), leerTodo(nuevo)]
  nuevo.write('GET /quien HTTP/1.1\r\nHost: a\r\n')
  empezado.write('GET /espera HTTP/1.1\r\nHost: a\r\n\r\n')
  await llego.promise
  const cerrado = servidor.close()
  await cerrando.promise
  nuevo.write('\r\n')
  assert.match(await delEmpezado, /^HTTP\/1\.1 200[\s\S]*connection: close/i)
  const respuestas = await delNuevo
  assert.match(respuestas, /^HTTP\/1\.1 503/)
  assert.match(respuestas, /retry-after: 1\r\n[\s\S]*"codigo":"cerrando"/i)
  await cerrado
})
