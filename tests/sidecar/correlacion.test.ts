import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metadatos } from 'sidecar/llamar.ts'
import { abrirApi } from '../apoyo/api.ts'
import { abrirSidecar, enMensaje } from '../apoyo/sidecar.ts'

test('la correlación y la traza de quien llama llegan a la API, y la correlación vuelve', async (t) => {
  const api = await abrirApi()
  t.after(api.cerrar)
  const sidecar = await abrirSidecar({ api: api.url })
  t.after(sidecar.cerrar)
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const metadata = metadatos({ 'x-correlation-id': 'conversacion-1', traceparent })
  const finales = await new Promise<string | undefined>((resolver, rechazar) => {
    const call = sidecar.cliente.crearReserva(enMensaje(), metadata, (error) => error && rechazar(error))
    call.once('status', ({ metadata: cola }) => resolver(cola.get('x-correlation-id')[0]?.toString()))
  })
  assert.equal(finales, 'conversacion-1')
  assert.ok(api.lineas.some(({ correlacion, ruta }) => correlacion === 'conversacion-1' && ruta === '/vuelos/reserva'))
  assert.ok(sidecar.lineas.some(({ correlacion, estado, msg }) => correlacion === 'conversacion-1' && estado === 'OK' && msg === 'llamada'))
})
