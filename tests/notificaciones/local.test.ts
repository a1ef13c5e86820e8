import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Correo, CorreoResumen } from 'ui/servidor.ts'
import { crearCliente } from '../apoyo/cliente.ts'
import { hastaQue } from '../apoyo/hechos.ts'
import { unaCompra, unaOferta } from '../apoyo/ofertas.ts'
import { type Servidor, unBanco } from '../procesos/apoyo/servidor.ts'

const ENV = { AEROALPES_AEROLINEA: 'acepta' }

const buzonDe = async ({ ui }: Pick<Servidor, 'ui'>): Promise<readonly CorreoResumen[]> =>
  (await (await fetch(`${ui}/api-buzon`)).json()) as CorreoResumen[]

/** El buzón cuando tiene al menos tantos correos, del más viejo al más nuevo. */
const conCorreos = (servidor: Pick<Servidor, 'ui'>, cuantos: number): Promise<readonly CorreoResumen[]> =>
  hastaQue(`${cuantos} correos en el buzón`, async () => {
    const correos = await buzonDe(servidor)
    return correos.length >= cuantos && correos.toReversed()
  })

test('npm start: quien reserva y paga encuentra en el buzón un correo de cada paso, también después de reiniciar', async (t) => {
  const banco = unBanco(t)
  const servidor = await banco.arrancar({ env: ENV })
  const cliente = crearCliente(servidor.api)
  const oferta = await unaOferta(cliente, { origen: 'BOG', destino: 'MAD' })
  const { id, localizador } = (await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(oferta) })).json<{
    id: string
    localizador: string
  }>()
  await conCorreos(servidor, 2)
  await cliente.pedir('POST', `/vuelos/reserva/${id}/pagar`)
  const correos = await conCorreos(servidor, 3)
  assert.deepEqual(
    correos.map(({ asunto }) => asunto.split(':')[0]),
    ['Tu reserva quedó guardada', 'Asientos confirmados, falta pagar', 'Viaje pagado'].map((asunto) => `${localizador} · ${asunto}`),
  )
  assert.ok(correos.every(({ id_reserva, id_evento, para }) => id_reserva === id && id_evento !== null && para.includes('ana@example.com')))
  const abierto = (await (await fetch(`${servidor.ui}/api-buzon/${correos[2]?.id}`)).json()) as Correo
  assert.ok(abierto.html?.includes(`href="${servidor.ui}/reserva/${id}"`))
  assert.equal(
    abierto.adjuntos.every(({ tipo }) => tipo === 'text/calendar'),
    true,
  )

  await hastaQue('los tres correos en las medidas', async () => {
    const medidas = await (await fetch(`${servidor.api}/metrics`)).text()
    return /^notificaciones_correos\{estado="enviado"\} 3$/m.test(medidas) || undefined
  })

  servidor.senal('SIGTERM')
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null }, servidor.errores())
  const otraVez = await banco.arrancar({ env: ENV })
  assert.deepEqual((await buzonDe(otraVez)).toReversed(), correos)
})
