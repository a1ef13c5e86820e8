import { after, test } from 'node:test'
import { abrirApi } from './apoyo/api.ts'
import { cuando, responde } from './apoyo/frases.ts'
const t0 = performance.now()
const api = await abrirApi()
console.log('abrir', performance.now() - t0)
after(api.cerrar)
test('x', async () => {
  await cuando(() => api.invitado.reservar()).entonces(responde(200))
  const t = performance.now()
  console.log(await api.invitado.desenlace(await api.invitado.reservarDespues()), performance.now() - t)
})
