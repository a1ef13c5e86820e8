import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abrirServidor, conectar, lector, textos, unMensaje } from './banco_de_prueba.ts'
import { epocaDe, escribirId, ID_DE_REPETIDO, ledgerDe, leerId } from './id_de_mensaje.ts'

test('earliest lee todo, latest sólo lo nuevo y un messageId sigue después de él, en orden', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(...['a', 'b', 'c'].map((id) => unMensaje('t', id)))
  const todo = await conectar(servidor, lector('t', '?messageId=earliest'))
  const nuevo = await conectar(servidor, lector('t', '?messageId=latest'))
  const [primero] = await todo.hasta(3)
  const desde = await conectar(servidor, lector('t', `?messageId=${encodeURIComponent(primero?.messageId ?? '')}`))
  await servidor.publicar(unMensaje('t', 'd'))
  assert.deepEqual(textos(await todo.hasta(4)), ['a', 'b', 'c', 'd'])
  assert.deepEqual(textos(await nuevo.hasta(1)), ['d'])
  assert.deepEqual(textos(await desde.hasta(3)), ['b', 'c', 'd'])
})

test('sin acusar se detiene en receiverQueueSize; cada acuse da paso a uno, y nada de eso se guarda', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(...Array.from({ length: 10 }, (_, i) => unMensaje('t', `m${i}`)))
  const r = await conectar(servidor, lector('t', '?messageId=earliest&receiverQueueSize=4'))
  await r.hasta(4)
  r.enviar({ type: 'isEndOfTopic' })
  await r.hasta(5)
  assert.deepEqual(r.tramas.at(-1), { endOfTopic: false })
  for (const { messageId } of r.tramas.slice(0, 3)) r.enviar({ messageId })
  assert.deepEqual(textos((await r.hasta(8)).slice(5)), ['m4', 'm5', 'm6'])
  assert.deepEqual(await servidor.broker.estadoDe('t'), [])
})

test('desde una posición de otra historia se cierra diciéndolo', async (t) => {
  const servidor = await abrirServidor(t)
  await servidor.publicar(unMensaje('t', 'a'))
  const ajeno = escribirId({ ledger: (ledgerDe(servidor.broker.epoca) + 1) % 2 ** 32, entrada: 1 })
  const r = await conectar(servidor, lector('t', `?messageId=${encodeURIComponent(ajeno)}`))
  const { codigo, motivo } = await r.cerrado
  assert.equal(codigo, 1011)
  assert.match(motivo, /^posicion_perdida/)
})

test('a quien deja de leer se le deja de leer el log: no se junta en memoria, y al volver recibe lo que falta', async (t) => {
  const servidor = await abrirServidor(t)
  const datos = Buffer.alloc(50_000, 'x')
  const TOTAL = 600
  for (let i = 0; i < TOTAL; i += 50)
    await servidor.publicar(...Array.from({ length: 50 }, (_, j) => ({ ...unMensaje('t', `m${i + j}`), datos })))
  const leidos: number[] = []
  const { leer } = servidor.broker
  Object.assign(servidor.broker, {
    async *leer(lectura: Parameters<typeof leer>[0]) {
      const cual = leidos.push(0) - 1
      for await (const mensaje of leer(lectura)) {
        leidos[cual] = (leidos[cual] ?? 0) + 1
        yield mensaje
      }
    },
  })
  const dormido = await conectar(servidor, lector('t', '?messageId=earliest'))
  dormido.crudo.pause()
  const despierto = await conectar(servidor, lector('t', '?messageId=earliest'))
  await despierto.hasta(TOTAL)
  assert.ok((leidos[0] ?? 0) < TOTAL / 2, `leyó ${leidos[0]} para quien no los lee`)
  dormido.crudo.resume()
  assert.deepEqual(
    (await dormido.hasta(TOTAL)).map(({ properties }) => properties.id),
    Array.from({ length: TOTAL }, (_, i) => `m${i}`),
  )
})

test('un messageId es el protobuf de Pulsar: se lee el suyo y lo que no lo es se rechaza', () => {
  assert.deepEqual(leerId('CAUQADAA'), { ledger: 5, entrada: 0 })
  assert.equal(Buffer.from(escribirId({ ledger: 0x6e, entrada: 0 }), 'base64').toString('hex'), '086e10003000')
  for (const [ledger, entrada] of [
    [0, 0],
    [2 ** 32 - 1, 2 ** 45],
    [300, 128],
  ] as const)
    assert.deepEqual(leerId(escribirId({ ledger, entrada })), { ledger, entrada })
  for (const malo of ['', '@@', 'AAAA', 'CAU', ID_DE_REPETIDO, 'x'.repeat(1_000)]) assert.equal(leerId(malo), undefined, malo)
  assert.equal(epocaDe(ledgerDe('00ab12cd')), '00ab12cd')
})
