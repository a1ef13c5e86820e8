import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abrirServidor, conectar, consumidor, esperar, textos, unMensaje } from './banco_de_prueba.ts'

const T = '/admin/v2/persistent/public/default/t'
const ESQUEMAS = '/admin/v2/schemas/public/default/t'
const esquema = (...fields: readonly object[]): object => ({
  type: 'AVRO',
  schema: JSON.stringify({ type: 'record', name: 'R', fields }),
  properties: {},
})
const DATO = { name: 'data', type: ['null', 'string'], default: null }

test('lo que se pregunta y lo que se prepara antes del primer mensaje responde como Pulsar', async (t) => {
  const { pedir, broker } = await abrirServidor(t)
  const estados = async (...pedidos: readonly (readonly [string, string, unknown?])[]) =>
    Promise.all(pedidos.map(async ([metodo, camino, cuerpo]) => (await pedir(metodo, camino, cuerpo)).status))
  assert.equal(await (await pedir('GET', '/admin/v2/brokers/health')).text(), 'ok')
  assert.match(await (await pedir('GET', '/admin/v2/brokers/version')).text(), /^\d+\.\d+\.\d+$/)
  assert.equal(await (await pedir('GET', '/admin/v2/namespaces/public/default/property/epoca')).text(), broker.epoca)
  assert.deepEqual(
    await estados(
      ['GET', '/admin/v2/namespaces/public/default'],
      ['GET', '/admin/v2/namespaces/otro/default'],
      ['POST', '/admin/v2/namespaces/public/default/retention', { retentionTimeInMinutes: 60, retentionSizeInMB: 100 }],
      ['POST', '/admin/v2/namespaces/public/default/deduplication', true],
      ['PUT', T],
      ['PATCH', T],
      ['GET', '/admin/v2/nada'],
    ),
    [200, 404, 204, 204, 204, 405, 404],
  )
})

test('una suscripción se crea antes del primer mensaje, se ve, se mueve con sus consumidores conectados y se borra sin ellos', async (t) => {
  const servidor = await abrirServidor(t)
  const { pedir, publicar } = servidor
  assert.equal((await pedir('PUT', `${T}/subscription/sub`, 'earliest')).status, 204)
  assert.equal((await pedir('PUT', `${T}/subscription/sub`, 'earliest')).status, 409)
  await publicar(unMensaje('t', 'a'), unMensaje('t', 'b'), unMensaje('t', 'c'))
  const atraso = async () => ((await (await pedir('GET', `${T}/stats`)).json()) as Estado).subscriptions.sub?.msgBacklog
  assert.equal(await atraso(), 3)
  const c = await conectar(servidor, consumidor('t').replace('Earliest', 'Latest'))
  for (const { messageId } of await c.hasta(3)) c.enviar({ messageId })
  await esperar('los acuses', async () => (await atraso()) === 0)
  const interno = (await (await pedir('GET', `${T}/internalStats`)).json()) as Interno
  assert.equal(interno.entriesAddedCounter - (interno.cursors.sub?.messagesConsumedCounter ?? 0), 0)
  assert.deepEqual(interno.ledgers[0]?.ledgerId, Number(interno.lastConfirmedEntry.split(':')[0]))
  assert.equal((await pedir('DELETE', `${T}/subscription/sub`)).status, 412)
  assert.equal((await pedir('POST', `${T}/subscription/sub/resetcursor/0`)).status, 204)
  assert.deepEqual(textos(await c.hasta(6)).slice(3), ['a', 'b', 'c'])
  const [ledgerId, entryId] = [interno.ledgers[0]?.ledgerId, 1]
  assert.equal((await pedir('POST', `${T}/subscription/sub/resetcursor`, { ledgerId, entryId, partitionIndex: -1 })).status, 204)
  assert.deepEqual(textos(await c.hasta(9)).slice(6), ['a', 'b', 'c'])
  assert.equal((await pedir('POST', `${T}/subscription/sub/resetcursor`, { ledgerId, entryId, excluded: true })).status, 204)
  assert.deepEqual(textos(await c.hasta(11)).slice(9), ['b', 'c'])
  assert.deepEqual(await (await pedir('GET', `${T}/subscriptions`)).json(), ['sub'])
  assert.equal((await pedir('POST', `${T}/subscription/sub/skip_all`)).status, 204)
  assert.equal(await atraso(), 0)
  await c.cerrar()
  await esperar('que se pueda borrar', async () => (await pedir('DELETE', `${T}/subscription/sub`)).status === 204)
  assert.equal((await pedir('DELETE', `${T}/subscription/sub`)).status, 404)
})

type Estado = Readonly<{ subscriptions: Readonly<Record<string, Readonly<{ msgBacklog: number }>>> }>
type Interno = Readonly<{
  entriesAddedCounter: number
  lastConfirmedEntry: string
  ledgers: readonly Readonly<{ ledgerId: number }>[]
  cursors: Readonly<Record<string, Readonly<{ messagesConsumedCounter: number }>>>
}>

test('los esquemas se registran una vez, se comprueban contra todos los anteriores y lo incompatible dice el campo', async (t) => {
  const { pedir } = await abrirServidor(t)
  assert.equal((await pedir('GET', `${ESQUEMAS}/schema`)).status, 404)
  const registrar = async (cuerpo: unknown) => {
    const respuesta = await pedir('POST', `${ESQUEMAS}/schema`, cuerpo)
    return [respuesta.status, await respuesta.json()]
  }
  assert.deepEqual(await registrar(esquema(DATO)), [200, { version: { version: 0 } }])
  const ampliado = { name: 'nuevo', type: ['null', 'long'], default: null }
  assert.deepEqual(await registrar(esquema(DATO, ampliado)), [200, { version: { version: 1 } }])
  assert.deepEqual(await registrar(esquema(DATO)), [200, { version: { version: 0 } }])
  const roto = esquema(DATO, { name: 'obligado', type: 'long' })
  const compatible = await pedir('POST', `${ESQUEMAS}/compatibility`, roto)
  assert.equal(compatible.status, 409)
  const [estado, { reason }] = (await registrar(roto)) as [number, { reason: string }]
  assert.equal(estado, 409)
  assert.match(reason, /«obligado»/)
  assert.deepEqual(await (await pedir('POST', `${ESQUEMAS}/compatibility`, esquema(DATO))).json(), {
    schemaCompatibilityStrategy: 'FULL',
    compatibility: true,
  })
  const ultimo = (await (await pedir('GET', `${ESQUEMAS}/schema`)).json()) as { version: number; type: string; data: string }
  assert.deepEqual([ultimo.version, ultimo.type, JSON.parse(ultimo.data).fields.length], [1, 'AVRO', 2])
  const { getSchemaResponses } = (await (await pedir('GET', `${ESQUEMAS}/schemas`)).json()) as { getSchemaResponses: unknown[] }
  assert.equal(getSchemaResponses.length, 2)
  for (const malo of [{ type: 'JSON', schema: '{}' }, { type: 'AVRO', schema: '{' }, esquema({ name: 'x', type: 'nada' }), 'texto'])
    assert.equal((await registrar(malo))[0], 422)
})

test('el esquema de un tópico sirve también para el de sus apartados, con el mismo dataschema', async (t) => {
  const { pedir } = await abrirServidor(t)
  const cuerpo = { ...esquema(DATO), properties: { dataschema: 'urn:prueba:hechos:v1' } }
  for (const camino of [ESQUEMAS, `${ESQUEMAS}-sub-DLQ`, ESQUEMAS, `${ESQUEMAS}-sub-DLQ`])
    assert.deepEqual(await (await pedir('POST', `${camino}/schema`, cuerpo)).json(), { version: { version: 0 } })
})
