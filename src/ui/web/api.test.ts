import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, test } from 'node:test'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import { lectorDeActores } from 'seedwork/presentacion/actor.ts'
import { abrirApi, CLAVE } from '../../../tests/apoyo/api.ts'
import { unPedido } from '../../../tests/apoyo/pedidos.ts'
import { abrirUi, navegador } from '../../../tests/apoyo/ui.ts'

/** Nada que leer: aquí sólo interesa lo que va y viene de la API. */
const callado: Pick<Broker, 'leer'> = {
  async *leer({ senal }) {
    await new Promise((resolver) => senal.addEventListener('abort', resolver, { once: true }))
  },
}

type Visto = Readonly<{ metodo: string; camino: string; cabeceras: IncomingMessage['headers']; cuerpo: string }>

/** Una API que apunta lo que recibe. */
const vistos: Visto[] = []
const responder = new Map<string, (respuesta: ServerResponse) => void>()
const espejo = createServer((peticion, respuesta) => {
  const trozos: Buffer[] = []
  peticion.on('data', (trozo) => trozos.push(trozo))
  peticion.on('end', () => {
    const { method: metodo = '', url: camino = '', headers: cabeceras } = peticion
    vistos.push({ metodo, camino, cabeceras, cuerpo: Buffer.concat(trozos).toString() })
    const propio = responder.get(camino)
    if (propio) propio(respuesta)
    else respuesta.setHeader('content-type', 'application/json').end('{}')
  })
})
await new Promise<void>((resolver) => espejo.listen(0, '127.0.0.1', resolver))
const ui = await abrirUi({
  broker: callado,
  api: `http://127.0.0.1:${(espejo.address() as AddressInfo).port}`,
  opciones: { limites: { api: 400 } },
})
after(async () => {
  await ui.cerrar()
  espejo.closeAllConnections()
  espejo.close()
})

const ultimo = (): Visto => vistos.at(-1) as Visto
const leerActor = lectorDeActores(CLAVE)
const actorDe = ({ cabeceras }: Visto) => leerActor(cabeceras['x-actor'] as string, Date.now())
const problema = async (respuesta: Response) => ((await respuesta.json()) as { codigo: string }).codigo

test('pasa el pedido con la sesión firmada, y lo que hace falta de quien pide', async () => {
  const { cookie } = await navegador(ui)
  const cabeceras = { cookie, 'content-type': 'application/json', 'idempotency-key': '"k-1"', prefer: 'wait=2', 'accept-language': 'en' }
  const respuesta = await fetch(`${ui.url}/api/vuelos/reserva?a=1&b=%20`, { method: 'POST', headers: cabeceras, body: '{"x":1}' })
  assert.equal(respuesta.status, 200)
  assert.equal(respuesta.headers.get('set-cookie'), null)
  const { metodo, camino, cuerpo, cabeceras: llegaron } = ultimo()
  assert.deepEqual([metodo, camino, cuerpo], ['POST', '/vuelos/reserva?a=1&b=%20', '{"x":1}'])
  assert.partialDeepStrictEqual(llegaron, { 'idempotency-key': '"k-1"', prefer: 'wait=2', 'accept-language': 'en', via: '1.1 ui' })
  const primero = actorDe(ultimo())
  assert.equal(primero.rol, 'viajero')
  await fetch(`${ui.url}/api/vuelos/reserva`, { headers: { cookie } })
  assert.deepEqual(actorDe(ultimo()), primero)
})

test('nadie dice por su cuenta quién es ni de dónde viene', async () => {
  const intrusas = {
    'x-actor': 'falso',
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-host': 'malo.example',
    forwarded: 'for=1',
    'x-real-ip': '10.0.0.1',
    authorization: 'Bearer x',
    'x-propietario': 'ana',
    'proxy-authorization': 'x',
    te: 'trailers',
  }
  await fetch(`${ui.url}/api/eco`, { headers: { ...intrusas, cookie: 'a=b' } })
  assert.match(actorDe(ultimo()).id, /^sesion-/)
  for (const nombre of [...Object.keys(intrusas), 'cookie'].filter((uno) => uno !== 'x-actor'))
    assert.equal(ultimo().cabeceras[nombre], undefined, nombre)
})

test('dos X-Actor, o uno escondido en Connection, tampoco pasan', async () => {
  const { port: puerto } = new URL(ui.url)
  const respuesta = await new Promise<string>((resolver) => {
    let texto = ''
    const socket = connect(Number(puerto), '127.0.0.1', () => {
      const cabeceras = ['Host: x', 'X-Actor: uno', 'x-actor: dos', 'Connection: close, x-actor, x-correlation-id', 'X-Correlation-Id: mia']
      socket.write(`GET /api/crudo HTTP/1.1\r\n${cabeceras.join('\r\n')}\r\n\r\n`)
    })
    socket.on('data', (trozo) => {
      texto += trozo
    })
    socket.on('close', () => resolver(texto))
  })
  assert.match(respuesta, /^HTTP\/1\.1 200 /)
  assert.equal(ultimo().camino, '/crudo')
  assert.match(actorDe(ultimo()).id, /^sesion-/)
  assert.equal(ultimo().cabeceras['x-correlation-id'], 'mia')
})

test('de vuelta pasa lo que la página usa, con los caminos puestos bajo /api; nada de la API se cuela como cookie', async () => {
  responder.set('/vuelta', (respuesta) => {
    respuesta.writeHead(202, {
      location: '/operaciones/7',
      link: '</vuelos/reserva?token_pagina=x>; rel="next"',
      'retry-after': '1',
      'idempotent-replayed': 'true',
      'set-cookie': 'sesion=robada',
      'x-powered-by': 'algo',
      'access-control-allow-origin': '*',
    })
    respuesta.end('{}')
  })
  const { headers } = await fetch(`${ui.url}/api/vuelta`)
  assert.equal(headers.get('location'), '/api/operaciones/7')
  assert.equal(headers.get('link'), '</api/vuelos/reserva?token_pagina=x>; rel="next"')
  assert.deepEqual([headers.get('retry-after'), headers.get('idempotent-replayed')], ['1', 'true'])
  assert.deepEqual([headers.get('x-powered-by'), headers.get('access-control-allow-origin')], [null, null])
  assert.equal(headers.get('set-cookie')?.includes('robada'), false)
})

test('un pedido que cambia algo desde otro sitio se rechaza sin llegar a la API', async () => {
  const antes = vistos.length
  const { cookie } = await navegador(ui)
  const base = { cookie, 'content-type': 'application/json' }
  for (const mas of [
    { origin: 'https://malo.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    const respuesta = await fetch(`${ui.url}/api/vuelos/reserva`, {
      method: 'POST',
      headers: { ...base, ...mas } as Record<string, string>,
      body: '{}',
    })
    assert.equal(respuesta.status, 403)
    assert.equal(await problema(respuesta), 'origen_no_admitido')
  }
  for (const tipo of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'text/plain; application/json',
  ]) {
    const respuesta = await fetch(`${ui.url}/api/vuelos/reserva`, { method: 'POST', headers: { cookie, 'content-type': tipo }, body: '{}' })
    assert.equal(respuesta.status, 415, tipo)
  }
  assert.equal(vistos.length, antes)
  const propio = await fetch(`${ui.url}/api/vuelos/reserva`, { method: 'POST', headers: { ...base, origin: ui.url }, body: '{}' })
  assert.equal(propio.status, 200)
  const sinCuerpo = await fetch(`${ui.url}/api/vuelos/reserva/1/pagar`, { method: 'POST', headers: { cookie, origin: ui.url } })
  assert.equal(sinCuerpo.status, 200)
})

test('no se sale del prefijo, ni se ven las medidas de la API', async () => {
  const antes = vistos.length
  const { port: puerto } = new URL(ui.url)
  const crudo = (camino: string) =>
    new Promise<number>((resolver) => {
      const socket = connect(Number(puerto), '127.0.0.1', () =>
        socket.write(`GET ${camino} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      )
      socket.once('data', (trozo) => resolver(Number(String(trozo).slice(9, 12))))
    })
  for (const camino of [
    '/api/../secreto',
    '/api/..%2fsecreto',
    '/api/%2e%2e/secreto',
    '/api/metrics',
    '/api/%6detrics',
    '/api//metrics',
    '/api/metrics?x',
  ])
    assert.ok((await crudo(camino)) >= 400 || vistos.length === antes, camino)
  assert.deepEqual(
    vistos.slice(antes).map(({ camino }) => camino),
    [],
  )
})

test('una API que no está o que no responde a tiempo se dice, con cuándo volver; la página sigue', async () => {
  responder.set('/lenta', () => {})
  const lenta = await fetch(`${ui.url}/api/lenta`)
  assert.deepEqual([lenta.status, lenta.headers.get('retry-after'), await problema(lenta)], [503, '1', 'api_demorada'])
  const sola = await abrirUi({ broker: callado, api: 'http://127.0.0.1:9' })
  const ausente = await fetch(`${sola.url}/api/vuelos/reserva`, { headers: { 'accept-language': 'en' } })
  assert.deepEqual([ausente.status, ausente.headers.get('retry-after'), await problema(ausente)], [503, '1', 'api_no_disponible'])
  assert.equal((await fetch(sola.url)).status, 200)
  await sola.cerrar()
})

test('un 503 de la API pasa tal cual, una vez: quien pidió decide si repite', async () => {
  responder.set('/llena', (respuesta) => respuesta.writeHead(503, { 'retry-after': '7' }).end('{}'))
  const antes = vistos.length
  const respuesta = await fetch(`${ui.url}/api/llena`)
  assert.deepEqual([respuesta.status, respuesta.headers.get('retry-after'), vistos.length - antes], [503, '7', 1])
})

test('con la API de verdad: la misma llave es la misma reserva, y cada sesión lista sólo lo suyo', async () => {
  const api = await abrirApi()
  const deVerdad = await abrirUi({ broker: api.sistema.broker, api: api.url })
  const [ana, beto] = [await navegador(deVerdad), await navegador(deVerdad)]
  const reservar = () => ana.api.pedir('POST', '/vuelos/reserva', { cuerpo: unPedido(), cabeceras: { 'idempotency-key': 'una' } })
  const [una, otra] = [(await reservar()).json(), await reservar()]
  assert.equal(otra.json().id, una.id)
  assert.equal(otra.cabeceras.get('idempotent-replayed'), 'true')
  assert.deepEqual(
    (await ana.api.lista()).json<{ id: string }[]>().map(({ id }) => id),
    [una.id],
  )
  assert.deepEqual((await beto.api.lista()).json(), [])
  const enorme = await ana.api.pedir('POST', '/vuelos/reserva', { crudo: `{"x":"${'x'.repeat(70_000)}"}` })
  assert.equal(enorme.estado, 413)
  await deVerdad.cerrar()
  await api.cerrar()
})

test('el type de un problema de la API se abre desde la página: dice qué significa y qué hacer, en el idioma pedido', async () => {
  const respuesta = await fetch(`${ui.url}/problemas/OfertaVigente`, { headers: { 'accept-language': 'en' } })
  assert.match(await respuesta.text(), /Each price is held for 15 minutes[\s\S]*<h2>What to do<\/h2>\n<p>Search again/)
  assert.match(await (await fetch(`${ui.url}/problemas/api_demorada`)).text(), /no respondió a tiempo/)
})

test('cambiar de sesión en cada intento no da más localizadores que probar: la dirección también tiene su cuenta', async () => {
  const aparte = await abrirUi({ broker: callado, api: `http://127.0.0.1:${(espejo.address() as AddressInfo).port}` })
  after(aparte.cerrar)
  const probar = (camino: string) => fetch(`${aparte.url}/api/vuelos/${camino}?apellido=x`)
  for (let i = 0; i < 100; i++) assert.equal((await probar('localizador/BBBBBB')).status, 200)
  const respuesta = await probar('%6cocalizador/BBBBBB')
  assert.equal(respuesta.status, 429)
  assert.ok(Number(respuesta.headers.get('retry-after')) > 0)
  assert.equal(await problema(respuesta), 'demasiados_intentos')
  assert.equal((await probar('reserva')).status, 200)
})
