import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abrirServidor, conectar, consumidor, esperar, textos, unMensaje } from './banco_de_prueba.ts'

const pendientes = ({ broker }: Awaited<ReturnType<typeof abrirServidor>>): number => broker.atrasos()[0]?.pendientes ?? -1
const serie = (cuantos: number): string[] => Array.from({ length: cuantos }, (_, i) => `m${i + 1}`)

test('con receiverQueueSize llegan tantos sin acusar y uno más por cada acuse; acusar dos veces el mismo no da otro', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(...serie(20).map((id) => unMensaje('t', id)))
  const c = await conectar(servidor, consumidor('t', '&receiverQueueSize=5'))
  const [primera] = await c.hasta(5)
  for (let i = 0; i < 3; i++) c.enviar({ messageId: primera?.messageId })
  await c.hasta(6)
  await esperar('el acuse', () => pendientes(servidor) === 19)
  assert.equal(c.tramas.length, 6)
})

test('con pullMode no llega nada hasta que se pide, lo que se pide se suma y un acuse no da permiso', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(...serie(20).map((id) => unMensaje('t', id)))
  const c = await conectar(servidor, consumidor('t', '&pullMode=true'))
  c.enviar({ type: 'isEndOfTopic' })
  assert.deepEqual(await c.hasta(1), [{ endOfTopic: false }])
  c.enviar({ type: 'permit', permitMessages: 2 })
  c.enviar({ type: 'permit', permitMessages: 3 })
  await c.hasta(6)
  c.enviar({ messageId: c.tramas[1]?.messageId })
  c.enviar({ type: 'isEndOfTopic' })
  await c.hasta(7)
  assert.deepEqual(c.tramas.at(-1), { endOfTopic: false })
  assert.deepEqual(textos(c.tramas.slice(1, 6)), serie(5))
})

test('lo acusado es durable cuando deja de contar: no vuelve aunque el enchufe se vaya; lo demás vuelve, en orden y sin contar intento', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(...serie(6).map((id) => unMensaje('t', id, `k-${id}`)))
  const a = await conectar(servidor, consumidor('t', '&receiverQueueSize=6'))
  await a.hasta(6)
  a.enviar({ messageId: a.tramas[2]?.messageId })
  await esperar('el acuse', () => pendientes(servidor) === 5)
  a.crudo.terminate()
  const b = await conectar(servidor, consumidor('t', '&receiverQueueSize=6'))
  await b.hasta(5)
  assert.deepEqual(textos(b.tramas), ['m1', 'm2', 'm4', 'm5', 'm6'])
  assert.deepEqual(new Set(b.tramas.map(({ redeliveryCount }) => redeliveryCount)), new Set([0]))
})

test('un rechazo vuelve pasado su retraso, con su cuenta, y retiene su llave y ninguna otra', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(unMensaje('t', 'a1', 'a'), unMensaje('t', 'a2', 'a'), unMensaje('t', 'b1', 'b'))
  const c = await conectar(servidor, consumidor('t', '&negativeAckRedeliveryDelay=150'))
  await c.hasta(2)
  c.enviar({ type: 'negativeAcknowledge', messageId: c.tramas[0]?.messageId })
  await c.hasta(3)
  assert.deepEqual(textos(c.tramas), ['a1', 'b1', 'a1'])
  assert.equal(c.tramas[2]?.redeliveryCount, 1)
  c.enviar({ messageId: c.tramas[2]?.messageId })
  assert.equal(textos(await c.hasta(4)).at(-1), 'a2')
})

test('dos consumidores de la misma suscripción se la reparten sin que una llave esté a la vez en los dos; a la muerte de uno sigue el otro', async (t) => {
  const servidor = await abrirServidor(t)
  const enMano = new Map<string, string>()
  const orden = new Map<string, number[]>()
  const vistos = new Set<string>()
  const abrir = async (quien: string) => {
    const c = await conectar(servidor, consumidor('t', '&receiverQueueSize=20'))
    c.crudo.on('message', (datos) => {
      const { key = '', messageId, payload } = JSON.parse(String(datos))
      assert.ok(enMano.get(key) === undefined || enMano.get(key) === quien, `la llave ${key} está en dos`)
      enMano.set(key, quien)
      const numero = Number(Buffer.from(payload, 'base64').toString().slice(1))
      setImmediate(() => {
        if (c.crudo.readyState !== c.crudo.OPEN) return
        orden.set(key, [...(orden.get(key) ?? []), numero])
        vistos.add(payload)
        enMano.delete(key)
        c.enviar({ messageId })
      })
    })
    c.crudo.on('close', () => {
      for (const [llave, suyo] of enMano) if (suyo === quien) enMano.delete(llave)
    })
    return c
  }
  const [a] = await Promise.all([abrir('a'), abrir('b')])
  for (let i = 0; i < 600; i += 50)
    await servidor.publicar(...Array.from({ length: 50 }, (_, j) => unMensaje('t', `m${i + j}`, `k${(i + j) % 13}`)))
  await esperar('la mitad', () => vistos.size > 300)
  a.crudo.terminate()
  await esperar('todos', () => pendientes(servidor) === 0)
  assert.equal(vistos.size, 600)
  for (const [llave, numeros] of orden)
    assert.deepEqual(
      numeros,
      numeros.toSorted((x, y) => x - y),
      llave,
    )
})

test('una suscripción de otro tipo se niega con 409, y unsubscribe la borra sin cerrar el enchufe', async (t) => {
  const servidor = await abrirServidor(t)
  const c = await conectar(servidor, consumidor('t'))
  await assert.rejects(conectar(servidor, consumidor('t').replace('Key_Shared', 'Shared')), /HTTP 409/)
  c.enviar({ type: 'unsubscribe' })
  await esperar('que no quede', async () => (await servidor.broker.estadoDe('t')).length === 0)
  assert.equal(c.crudo.readyState, c.crudo.OPEN)
  await conectar(servidor, consumidor('t').replace('Key_Shared', 'Shared'))
})

test('subscriptionInitialPosition dice dónde empieza una nueva, y una que ya existe sigue donde iba', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(unMensaje('t', 'antes'))
  const c = await conectar(servidor, consumidor('t').replace('Earliest', 'Latest'))
  await servidor.publicar(unMensaje('t', 'después'))
  assert.deepEqual(textos(await c.hasta(1)), ['después'])
  await c.cerrar()
  const otra = await conectar(servidor, consumidor('t'))
  assert.deepEqual(textos(await otra.hasta(1)), ['después'])
})

test('al detenerse despide con 1012, sin esperar a quien no acusa', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(unMensaje('t', 'a'))
  const c = await conectar(servidor, consumidor('t'))
  await c.hasta(1)
  await servidor.detener()
  assert.equal((await c.cerrado).codigo, 1012)
})
