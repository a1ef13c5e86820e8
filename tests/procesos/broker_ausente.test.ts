import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientesDe } from '../apoyo/api.ts'
import { filas } from '../apoyo/archivo.ts'
import { cuando, esProblema, lleva, responde } from '../apoyo/frases.ts'
import { ocuparPuerto } from './apoyo/enchufes.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { unosServicios } from './apoyo/servicios.ts'
import { unBanco } from './apoyo/servidor.ts'

test('con Pulsar ausente más de lo que se dijo no se acepta nada, por ninguna ruta, y nada se escribe; lo leído sigue', async (t) => {
  const banco = unBanco(t)
  const libre = await ocuparPuerto(0)
  libre.soltar()
  const comun = { BROKER: 'pulsar', EMBEBIDO_WS: '0', PULSAR_PUERTO_HTTP: String(libre.puerto), AEROALPES_ESPERA_DEL_BROKER: '6' }
  const { direcciones } = await unosServicios(banco, { smtp: '', comun }).arrancar('api')
  const { invitado } = clientesDe(direcciones.api ?? '')
  const { id } = await invitado.unaReserva()
  await cuando(() => invitado.reservarDespues()).entonces(responde(202))
  await hastaQue('que deje de aceptar', async () => (await invitado.reservarDespues()).estado === 503)
  const antes = await filas({ ...banco, base: 'sqlite' })
  for (const pedir of [
    () => invitado.reservar(),
    () => invitado.reservarDespues(),
    () => invitado.reservarDespues(undefined, { 'idempotency-key': 'una' }),
    () => invitado.aprobar(id),
    () => invitado.cancelar(id),
  ])
    await cuando(pedir).entonces(esProblema(503, 'cola_llena'), lleva('retry-after', /^[1-9][0-9]?$/))
  assert.deepEqual(await filas({ ...banco, base: 'sqlite' }), antes)
  await cuando(() => invitado.reserva(id)).entonces(responde(200, { id }))
  await cuando(() => invitado.pedir('GET', '/health/ready')).entonces(responde(200))
})
