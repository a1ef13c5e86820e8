import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { abrirServidor, conectar, consumidor, enBase64, esperar, lector, productor, textos, unMensaje } from './banco_de_prueba.ts'

type Servidor = Awaited<ReturnType<typeof abrirServidor>>

const estadoDe = (servidor: Servidor, camino: string, cabeceras: Readonly<Record<string, string>> = {}): Promise<number> =>
  conectar(servidor, camino, cabeceras).then(
    async (enchufe) => {
      await enchufe.cerrar()
      return 101
    },
    (error: Error) => Number(/HTTP (\d+)/.exec(error.message)?.[1]),
  )

test('lo que se pide mal se niega antes de abrir, con el estado que daría Pulsar', async (t) => {
  const servidor = await abrirServidor(t)
  const casos: readonly (readonly [string, number])[] = [
    [productor('t', '?parametro=desconocido'), 101],
    [productor('a%20b%C3%B1:@+'), 101],
    ['producer/persistent/otro/default/t', 404],
    ['producer/persistent/public/otro/t', 404],
    ['producer/non-persistent/public/default/t', 404],
    ['nada/persistent/public/default/t', 404],
    [productor('t/sobra'), 400],
    [productor('a%2Fb'), 500],
    [productor('%E0%A4%A'), 400],
    [productor('x'.repeat(300)), 400],
    ['consumer/persistent/public/default/t', 400],
    [consumidor('t', '&receiverQueueSize=muchos'), 400],
    [consumidor('t', '&receiverQueueSize=-1'), 400],
    [consumidor('t', '&pullMode=quizá'), 400],
    [consumidor('t').replace('Key_Shared', 'constructor'), 400],
    [lector('t', '?messageId=AAAA'), 400],
    [productor('t', '?producerName=p&initialSequenceId=uno'), 400],
  ]
  for (const [camino, estado] of casos) assert.equal(await estadoDe(servidor, camino), estado, camino)
  assert.deepEqual(servidor.fallas, [])
})

test('una página abierta en un navegador no puede ni conectarse ni administrar', async (t) => {
  const servidor = await abrirServidor(t)
  assert.equal(await estadoDe(servidor, productor('t'), { origin: servidor.url }), 403)
  assert.equal((await servidor.pedir('GET', '/admin/v2/brokers/health', undefined, { origin: 'null' })).status, 403)
})

test('con token, sólo pasa quien lo trae, en la cabecera o en la dirección', async (t) => {
  const servidor = await abrirServidor(t, { token: 'secreto' })
  const bearer = { authorization: 'Bearer secreto' }
  assert.deepEqual(
    [
      await estadoDe(servidor, productor('t')),
      await estadoDe(servidor, productor('t'), { authorization: 'Bearer otro' }),
      await estadoDe(servidor, productor('t'), bearer),
      await estadoDe(servidor, productor('t', '?token=secreto')),
      (await servidor.pedir('GET', '/admin/v2/brokers/health')).status,
      (await servidor.pedir('GET', '/admin/v2/brokers/health', undefined, bearer)).status,
    ],
    [401, 401, 101, 101, 401, 200],
  )
})

test('una trama que no se entiende cierra a quien la manda y no acusa nada: un type mal escrito no pierde el mensaje', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(unMensaje('t', 'a', 'k'))
  const malas = [
    ['no es json', 1006],
    ['[]', 1006],
    ['{}', 1011],
    ['{"messageId":"@@"}', 1011],
    ['{"messageId":5}', 1011],
    ['{"type":"permit"}', 1011],
    ['{"type":"negativeAcknowlege","messageId":"$id"}', 1011],
  ] as const
  for (const [mala, esperado] of malas) {
    const c = await conectar(servidor, consumidor('t'))
    const [primera] = await c.hasta(1)
    c.enviar(mala.replace('$id', primera?.messageId ?? ''))
    assert.equal((await c.cerrado).codigo, esperado, mala)
  }
  const c = await conectar(servidor, consumidor('t'))
  assert.deepEqual(textos(await c.hasta(1)), ['a'])
  c.enviar({ messageId: 'CAUQADAA' })
  c.enviar({ type: 'isEndOfTopic' })
  await c.hasta(2)
  assert.equal(servidor.broker.atrasos()[0]?.pendientes, 1, 'un messageId que no se le dio no acusa nada')
  assert.deepEqual(servidor.fallas, [])
})

test('una trama demasiado grande cierra con 1009, una binaria con 1003 y un cuerpo enorme da 413; los demás siguen', async (t) => {
  const servidor = await abrirServidor(t, { limites: { trama: 10_000, cuerpo: 1_000 } })
  const [grande, binaria, buena] = await Promise.all(
    [productor('a'), productor('b'), productor('c')].map((camino) => conectar(servidor, camino)),
  )
  grande?.enviar({ payload: enBase64('x'.repeat(10_000)) })
  binaria?.crudo.send(Buffer.from('{}'))
  assert.equal((await grande?.cerrado)?.codigo, 1009)
  assert.equal((await binaria?.cerrado)?.codigo, 1003)
  assert.equal((await servidor.pedir('POST', '/admin/v2/schemas/public/default/t/schema', 'x'.repeat(2_000))).status, 413)
  buena?.enviar({ payload: enBase64('x') })
  assert.equal((await buena?.hasta(1))?.[0]?.result, 'ok')
})

test('no caben más enchufes que los dichos, y quien no da señal se corta', async (t) => {
  const servidor = await abrirServidor(t, { limites: { enchufes: 2, latido: 20 } })
  const vivo = await conectar(servidor, lector('t'))
  const callado = await conectar(servidor, lector('t'))
  assert.equal(await estadoDe(servidor, lector('t')), 503)
  Object.assign(callado.crudo, { pong: () => {} })
  callado.crudo.pause()
  await esperar('que se libere un lugar', async () => (await estadoDe(servidor, lector('t'))) === 101)
  assert.equal(vivo.crudo.readyState, vivo.crudo.OPEN)
})

test('un productor que manda sin leer sus confirmaciones no crece sin fin: se le deja de leer, y al leer sigue', async (t) => {
  const servidor = await abrirServidor(t, { limites: { sinConfirmar: 8, bytesSinConfirmar: 100_000, salida: 2_000 } })
  const p = await conectar(servidor, productor('t', '?producerName=p'))
  p.crudo.pause()
  const payload = enBase64('x'.repeat(1_000))
  for (let i = 0; i < 3_000; i++) p.enviar({ payload, context: String(i) })
  p.crudo.resume()
  const acuses = await p.hasta(3_000)
  assert.deepEqual(
    acuses.map(({ context }) => Number(context)),
    Array.from({ length: 3_000 }, (_, i) => i),
  )
})

test('un saludo mal hecho no deja ocupado el nombre que pedía, ni una dirección rota tumba el servidor', async (t) => {
  const servidor = await abrirServidor(t, { token: 'secreto' })
  const { hostname, port } = new URL(servidor.url)
  const crudo = async (texto: string): Promise<string> => {
    const enchufe = connect(Number(port), hostname)
    enchufe.end(`${texto}\r\nHost: x\r\nAuthorization: Bearer secreto\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    return (await text(enchufe)).split('\r\n')[0] ?? ''
  }
  assert.match(await crudo(`GET /ws/v2/${productor('t', '?producerName=p')} HTTP/1.1`), / 400 /)
  assert.match(await crudo('GET // HTTP/1.1'), / 400 /)
  assert.match(await crudo('GET //[ HTTP/1.1'), / 400 /)
  const p = await conectar(servidor, productor('t', '?producerName=p&token=secreto'))
  p.enviar({ payload: '', properties: { a: { toString: 1, valueOf: 1 }, __proto__: null, b: [1] }, context: 'x' })
  p.enviar(`{"payload":"","properties":{"__proto__":{"x":1}},"eventTime":{"toString":1}}`)
  const resultados = (await p.hasta(2)).map(({ result }) => result)
  assert.deepEqual(resultados.toSorted(), ['ok', 'send-error:7'])
  assert.deepEqual(servidor.fallas, [])
})
