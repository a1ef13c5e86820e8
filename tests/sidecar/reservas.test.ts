import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Api, abrirApi } from '../apoyo/api.ts'
import { abrirSidecar, enMensaje, llamar, type SidecarDePrueba, todo } from '../apoyo/sidecar.ts'

let api: Api
let sidecar: SidecarDePrueba
before(async () => {
  api = await abrirApi()
  sidecar = await abrirSidecar({ api: api.url })
})
after(async () => {
  await sidecar.cerrar()
  await api.cerrar()
})

test('crear y consultar', async () => {
  const { cliente } = sidecar
  const creada = await llamar((responder) => cliente.crearReserva(enMensaje(), responder))
  assert.equal(creada.mensaje, 'OK')
  const consultada = await llamar((responder) => cliente.consultarReserva({ id: creada.reserva?.id ?? '' }, responder))
  assert.deepEqual(consultada, creada)
  const op = await llamar((responder) => cliente.crearReservaComando(enMensaje(), responder))
  const vistas = await todo(cliente.observarOperacion({ id: op.id }))
  assert.equal(vistas.at(-1)?.estado, 'COMPLETADA')
})
