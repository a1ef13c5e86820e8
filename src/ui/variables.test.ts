import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { abrirBroker } from '../../tests/apoyo/broker.ts'
import { abrirUi } from '../../tests/apoyo/ui.ts'
import { variablesUi } from './variables.ts'

const leer = (env: Record<string, string>) => leerVariables(variablesUi, env)

test('sin decir nada, la interfaz es sólo de esta máquina y de su propio origen', () => {
  assert.deepEqual(leer({}), { UI_HOST: '127.0.0.1', UI_PUERTO: 5678, UI_ORIGENES: [], UI_EMITIR_TODO: '0', UI_ARMADA: '' })
})

test('los orígenes permitidos se escriben como los escribe un navegador', () => {
  assert.deepEqual(leer({ UI_ORIGENES: 'https://a.example, http://b.example:81' }).UI_ORIGENES, [
    'https://a.example',
    'http://b.example:81',
  ])
  for (const mal of ['https://a.example/', '*', 'a.example', 'null', 'https://A.example', 'https://a.example:443'])
    assert.throws(() => leer({ UI_ORIGENES: mal }), { name: 'VariablesInvalidas' }, mal)
})

test('B56 escucha donde se le dice: con 0.0.0.0 se llega desde fuera de su máquina', async () => {
  const { broker, cerrar } = await abrirBroker()
  const ui = await abrirUi({ broker, host: leer({ UI_HOST: '0.0.0.0' }).UI_HOST })
  const { port } = new URL(ui.url)
  const deFuera = Object.values(networkInterfaces())
    .flatMap((una) => una ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  const respuesta = await fetch(`http://${deFuera?.address ?? '127.0.0.1'}:${port}/health`)
  assert.equal(respuesta.status, 200)
  await ui.cerrar()
  await cerrar()
})
