import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pasar } from 'node:timers/promises'
import { abrirBroker, unFinal } from '../../../tests/apoyo/broker.ts'
import { abrirUi, escuchar, type UiDePrueba } from '../../../tests/apoyo/ui.ts'
import { leerSesion, nuevaSesion } from '../web/sesion.ts'

const FRASE = 'x'.repeat(40 * 1_024)
const CUANTOS = 400

type Medida = Readonly<{ abiertas: number; bytes_pendientes: number; bytes_de_la_mayor: number }>
const medir = async ({ url }: UiDePrueba): Promise<Medida> =>
  ((await (await fetch(`${url}/health/ready`)).json()) as { conexiones: Medida }).conexiones

const unaSesion = () => {
  const cookie = `sesion=${nuevaSesion().secreto}`
  return { cookie, quien: { propietario: leerSesion({ cookie }, false)?.id ?? '', error: FRASE } }
}

test('quien no lee cuesta a lo sumo 1 MB y no demora a nadie; cuando vuelve a leer recibe todo, una vez y en orden', async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  const ui = await abrirUi({ broker })
  const { cookie, quien } = unaSesion()
  const [parado, sano] = [await escuchar(ui, { cookie }), await escuchar(ui, { cookie })]
  parado.enchufe.pause()
  const ids = Array.from({ length: CUANTOS }, (_, i) => `r-${i}`)
  let [peor, masLento] = [0, 0]
  for (const id of ids) {
    const empieza = performance.now()
    await publicar(unFinal('Pagar', id, quien))
    await sano.cuando(`le llega ${id}`, () => sano.avisos().at(-1)?.data?.id_reserva === id)
    masLento = Math.max(masLento, performance.now() - empieza)
    if (sano.tramas.length % 20 === 0) peor = Math.max(peor, (await medir(ui)).bytes_de_la_mayor)
  }
  assert.ok(peor > 256 * 1_024, `el parado llegó a llenarse: ${peor}`)
  assert.ok(peor <= 1_024 * 1_024, `lo pendiente se acota: ${peor}`)
  assert.ok(masLento < 1_000, `el sano no espera al parado: ${masLento}`)
  parado.enchufe.resume()
  await parado.cuando('todos', () => parado.tramas.length > CUANTOS)
  assert.deepEqual(
    parado.avisos().map(({ data }) => data?.id_reserva),
    ids,
  )
  await ui.cerrar()
  await cerrar()
})

test('a quien no avanza en el plazo se le corta, y al que lee no', async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  const ui = await abrirUi({ broker, opciones: { limites: { sinAvance: 400, ronda: 50 } } })
  const { cookie, quien } = unaSesion()
  const [parado, sano] = [await escuchar(ui, { cookie }), await escuchar(ui, { cookie })]
  parado.enchufe.pause()
  for (let i = 0; (await medir(ui)).abiertas === 2; i++) {
    assert.ok(i < 5_000, 'nunca se le cortó')
    await publicar(unFinal('Pagar', `r-${i}`, quien))
    await pasar(1)
  }
  assert.equal(sano.enchufe.readyState, sano.enchufe.OPEN)
  await ui.cerrar()
  await cerrar()
})

test('quien no responde al ping se corta; quien responde sigue', async () => {
  const { broker, cerrar } = await abrirBroker()
  const ui = await abrirUi({ broker, opciones: { limites: { ping: 100, ronda: 20 } } })
  const [mudo, vivo] = [await escuchar(ui), await escuchar(ui)]
  mudo.enchufe.pause()
  let pings = 0
  const bastantes = new Promise<void>((resolver) => vivo.enchufe.on('ping', () => ++pings === 4 && resolver()))
  await bastantes
  assert.equal((await medir(ui)).abiertas, 1)
  assert.equal(vivo.enchufe.readyState, vivo.enchufe.OPEN)
  await ui.cerrar()
  await cerrar()
})
