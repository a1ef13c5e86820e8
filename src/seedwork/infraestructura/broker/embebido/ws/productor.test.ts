import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  abrirServidor,
  conectar,
  consumidor,
  enBase64,
  esperar,
  lector,
  productor,
  type Trama,
  textos,
  unMensaje,
} from './banco_de_prueba.ts'
import { leerId } from './id_de_mensaje.ts'

const enviados = async (servidor: Awaited<ReturnType<typeof abrirServidor>>, topico: string, cuantos: number) => {
  const leido = await conectar(servidor, lector(topico, '?messageId=earliest'))
  await leido.hasta(cuantos)
  return leido.tramas
}

test('lo enviado se confirma en orden, con su contexto, y llega entero a quien lee', async (t) => {
  const servidor = await abrirServidor(t)
  const p = await conectar(servidor, productor('t', '?producerName=p1'))
  p.enviar({
    payload: enBase64('hola'),
    properties: { ñ: 'año', n: 1 },
    key: 'k1',
    context: 'c1',
    eventTime: '2026-01-02T03:04:05.678Z',
    sequenceId: 99,
  })
  for (let i = 2; i <= 200; i++) p.enviar({ payload: enBase64(String(i)), context: `c${i}` })
  const acuses = await p.hasta(200)
  assert.deepEqual(
    acuses.map(({ context }) => context),
    Array.from({ length: 200 }, (_, i) => `c${i + 1}`),
  )
  const { context: _, messageId, ...acuse } = acuses[0] as Trama
  assert.deepEqual(acuse, { result: 'ok', errorCode: 0, schemaVersion: 0 })
  const [primero] = await enviados(servidor, 't', 200)
  const { publishTime, ...demas } = primero as Trama
  assert.deepEqual(demas, {
    messageId,
    payload: enBase64('hola'),
    properties: { ñ: 'año', n: '1' },
    redeliveryCount: 0,
    key: 'k1',
    eventTime: '2026-01-02T03:04:05.678Z',
  })
  assert.ok(Math.abs(Date.parse(String(publishTime)) - Date.now()) < 60_000)
  assert.deepEqual(leerId(String(messageId))?.ledger, Number.parseInt(servidor.broker.epoca, 16))
})

test('lo publicado dentro y lo enviado por fuera es el mismo tópico', async (t) => {
  const servidor = await abrirServidor(t)
  const c = await conectar(servidor, consumidor('t'))
  await servidor.publicar(unMensaje('t', 'de-dentro', 'k'))
  const p = await conectar(servidor, productor('t'))
  p.enviar({ payload: enBase64('de-fuera'), properties: { id: 'mio' }, key: 'otra' })
  assert.deepEqual(textos(await c.hasta(2)).sort(), ['de-dentro', 'de-fuera'])
  const dentro: string[] = []
  const fin = new AbortController()
  for await (const { id, datos } of servidor.broker.leer({ topico: 't', desde: 'primero', senal: fin.signal })) {
    dentro.push(`${id}=${Buffer.from(datos)}`)
    if (dentro.length === 2) fin.abort()
  }
  assert.deepEqual(dentro, ['de-dentro=de-dentro', 'mio=de-fuera'])
})

test('una trama que no se entiende se dice y no consume número: lo que sigue entra', async (t) => {
  const servidor = await abrirServidor(t)
  const p = await conectar(servidor, productor('t', '?producerName=p1&initialSequenceId=5'))
  const malas = [
    'no es json',
    '[]',
    { payload: '@@', context: 'a' },
    { payload: null, context: 'b' },
    { payload: '', eventTime: 'ayer', context: 'c' },
    { payload: '', deliverAfterMs: 1, context: 'd' },
    { payload: '', key: 7, context: 'e' },
    { payload: '', properties: [], context: 'f' },
  ]
  for (const mala of malas) p.enviar(mala)
  const dichos = await p.hasta(malas.length)
  assert.deepEqual(
    dichos.map(({ result, context }) => [result, context]),
    [
      ['send-error:3', undefined],
      ['send-error:3', undefined],
      ...['a', 'b', 'c', 'd', 'e', 'f'].map((context) => ['send-error:7', context]),
    ],
  )
  p.enviar({ payload: '', context: 'vacío' })
  assert.equal((await p.hasta(malas.length + 1)).at(-1)?.result, 'ok')
  await p.cerrar()
  // El 6 se guardó: repetirlo no lo guarda otra vez.
  await esperar('que el nombre quede libre', () =>
    conectar(servidor, productor('t', '?producerName=p1&initialSequenceId=5')).then(
      (q) => {
        q.enviar({ payload: '', context: 'otra vez' })
        return q.hasta(1).then(([acuse]) => acuse?.messageId === 'CP///////////wEQ////////////ATAA')
      },
      () => false,
    ),
  )
})

test('repetir lo ya enviado con su mismo número no lo guarda dos veces, y seguir sin número continúa', async (t) => {
  const servidor = await abrirServidor(t)
  const enviar = async (consulta: string, ...que: readonly string[]) => {
    const p = await conectar(servidor, productor('t', `?producerName=p1${consulta}`))
    for (const uno of que) p.enviar({ payload: enBase64(uno), context: uno })
    const acuses = await p.hasta(que.length)
    await p.cerrar()
    return acuses.map(({ result, messageId }) => [result, leerId(messageId) !== undefined])
  }
  assert.deepEqual(await enviar('&initialSequenceId=9', 'a', 'b'), [
    ['ok', true],
    ['ok', true],
  ])
  assert.deepEqual(await enviar('&initialSequenceId=10', 'b', 'c'), [
    ['ok', false],
    ['ok', true],
  ])
  assert.deepEqual(await enviar('', 'd'), [['ok', true]])
  assert.deepEqual(textos(await enviados(servidor, 't', 4)), ['a', 'b', 'c', 'd'])
})

test('un nombre de productor ocupado se niega con 409 y queda libre al irse; sin nombre caben los que sean', async (t) => {
  const servidor = await abrirServidor(t)
  const p = await conectar(servidor, productor('t', '?producerName=p1'))
  await assert.rejects(conectar(servidor, productor('t', '?producerName=p1')), /HTTP 409/)
  await conectar(servidor, productor('otro', '?producerName=p1'))
  await conectar(servidor, productor('t'))
  await conectar(servidor, productor('t'))
  await p.cerrar()
  await esperar('que el nombre quede libre', () =>
    conectar(servidor, productor('t', '?producerName=p1')).then(
      () => true,
      () => false,
    ),
  )
})

test('si un envío no se puede guardar, los que le siguen tampoco entran: repetidos en orden, ninguno se pierde', async (t) => {
  const servidor = await abrirServidor(t)
  const p = await conectar(servidor, productor('t', '?producerName=p1&initialSequenceId=0'))
  // Una propiedad que SQLite no puede guardar como JSON no existe; lo que sí falla es un almacén que rechaza la unidad.
  const ejecutar = servidor.almacen.ejecutar.bind(servidor.almacen)
  let fallar = true
  Object.assign(servidor.almacen, {
    ejecutar: (unidad: Parameters<typeof ejecutar>[0]) => {
      if (!fallar) return ejecutar(unidad)
      fallar = false
      return Promise.reject(new Error('de prueba'))
    },
  })
  for (const uno of ['1', '2', '3']) p.enviar({ payload: enBase64(uno), context: uno })
  const acuses = await p.hasta(3)
  assert.deepEqual(
    acuses.map(({ result }) => result),
    ['send-error:8', 'send-error:8', 'send-error:8'],
  )
  await p.cerrar()
  await esperar('que el nombre quede libre', () =>
    conectar(servidor, productor('t', '?producerName=p1&initialSequenceId=0')).then(
      async (q) => {
        for (const uno of ['1', '2', '3']) q.enviar({ payload: enBase64(uno), context: uno })
        await q.hasta(3)
        return true
      },
      () => false,
    ),
  )
  assert.deepEqual(textos(await enviados(servidor, 't', 3)), ['1', '2', '3'])
})
