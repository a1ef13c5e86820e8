import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recorrerCrearReserva } from './recorrido.ts'

test('el recorrido va de la ruta al broker, y no entra en el consumidor', async () => {
  const { abrir: archivos } = await recorrerCrearReserva()
  for (const ruta of [
    'src/aeroalpes/api/vuelos.ts',
    'src/aeroalpes/modulos/vuelos/aplicacion/comandos/crear_reserva.ts',
    'src/seedwork/infraestructura/almacen/sqlite/grupo.ts',
    'src/seedwork/infraestructura/broker/embebido/log.ts',
  ])
    assert.ok(archivos.includes(ruta), ruta)
  assert.ok(!archivos.includes('src/seedwork/infraestructura/inbox.ts'), 'el inbox es del consumidor')
  assert.ok(!archivos.includes('src/aeroalpes/modulos/vuelos/aplicacion/comandos/pagar_reserva.ts'), 'nadie pagó')
})
