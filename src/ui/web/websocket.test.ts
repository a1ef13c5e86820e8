import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { abrirBroker } from '../../../tests/apoyo/broker.ts'
import { abrirUi, escuchar } from '../../../tests/apoyo/ui.ts'
import { nuevaSesion } from './sesion.ts'

const { broker, cerrar } = await abrirBroker()
const ui = await abrirUi({
  broker,
  opciones: { origenes: ['https://vuelos.example'], limites: { enchufesPorSesion: 3, mensajesPorMinuto: 10 } },
})
after(async () => {
  await ui.cerrar()
  await cerrar()
})

const con = (cabeceras: Record<string, string>) => escuchar(ui, { cabeceras })
const rechaza = (pedido: Promise<unknown>, estado: number) => assert.rejects(pedido, { message: `Unexpected server response: ${estado}` })

test('sólo se abre desde la propia página o un origen permitido', async () => {
  for (const origin of [ui.url, 'https://vuelos.example']) (await con({ origin })).enchufe.close()
  for (const origin of [
    'null',
    'https://malo.example',
    `${ui.url}.malo.example`,
    `${ui.url}/`,
    'https://sub.vuelos.example',
    'http://localhost:5678',
  ])
    await rechaza(con({ origin }), 403)
})

test('hay un tope de enchufes por sesión; al cerrar uno cabe otro', async () => {
  const cookie = `sesion=${nuevaSesion().secreto}`
  const tres = [await escuchar(ui, { cookie }), await escuchar(ui, { cookie }), await escuchar(ui, { cookie })]
  await rechaza(escuchar(ui, { cookie }), 429)
  tres[0]?.enchufe.close()
  await tres[0]?.cerrado
  const otro = await escuchar(ui, { cookie })
  for (const oyente of [...tres, otro]) oyente.enchufe.terminate()
})

test('lo que entra se acota: 64 KB por mensaje y un tope por minuto', async () => {
  const largo = await escuchar(ui)
  largo.enchufe.send('x'.repeat(65_537))
  assert.equal(await largo.cerrado, 1009)
  const insistente = await escuchar(ui)
  for (let i = 0; i <= 10; i++) insistente.enchufe.send('x')
  assert.equal(await insistente.cerrado, 1008)
  const [binario, pings] = [await escuchar(ui), await escuchar(ui)]
  binario.enchufe.send(Buffer.from([0xff, 0xfe]), { binary: true })
  for (let i = 0; i <= 10; i++) pings.enchufe.ping()
  assert.equal(await pings.cerrado, 1008)
  assert.equal(binario.enchufe.readyState, binario.enchufe.OPEN)
  binario.enchufe.close()
})

test('un camino que no es el suyo, o una reserva que no lo parece, no se admiten', async () => {
  await rechaza(escuchar(ui, { consulta: 'otro' }), 404)
  await rechaza(escuchar(ui, { consulta: '?reserva=a%20b' }), 400)
  await rechaza(escuchar(ui, { consulta: `?${'reserva=a&'.repeat(51)}` }), 400)
  const vale = await escuchar(ui, { consulta: '?reserva=0190163d-8694-739b-aea5-966c26f8ad91' })
  assert.equal(vale.enchufe.extensions, '')
  vale.enchufe.close()
})
