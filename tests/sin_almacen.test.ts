import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { almacenConEspacio } from './apoyo/almacen_lleno.ts'
import { type Api, abrirApi, abrirApiPorPartes } from './apoyo/api.ts'
import { filas, ocuparAlmacen } from './apoyo/archivo.ts'
import type { Respuesta } from './apoyo/cliente.ts'
import { entornoVeloz } from './apoyo/entornos.ts'
import { cuando, esProblema, lleva, pideRepetir, responde } from './apoyo/frases.ts'

const abrir = async (t: TestContext): Promise<Api> => {
  const api = await abrirApi({ entorno: entornoVeloz(50) })
  t.after(api.cerrar)
  return api
}

test('B26 con el almacén ocupado por otro cada escritura es 503 y nada queda a medias; al soltarlo, el mismo cliente sigue', async (t) => {
  const api = await abrir(t)
  const ana = api.como('ana')
  const { id } = await ana.unaReserva()
  const antes = await filas(api)
  for (let veces = 0; veces < 3; veces++) {
    const otro = await ocuparAlmacen(api)
    for (const pedir of [() => ana.reservar(), () => ana.reservarDespues(), () => ana.aprobar(id), () => ana.pedir('GET', '/health/ready')])
      await cuando(pedir).entonces(esProblema(503, 'almacen_ocupado'), pideRepetir, lleva('set-cookie', null))
    await cuando(() => ana.reserva(id)).entonces(responde(200))
    await cuando(() => ana.lista()).entonces(responde(200))
    await cuando(() => ana.pedir('GET', '/health')).entonces(responde(200, { status: 'up' }))
    otro.soltar()
    assert.deepEqual(await filas(api), antes)
  }
  await cuando(() => ana.reservar()).entonces(responde(200))
  assert.equal((await ana.desenlace(await ana.reservarDespues())).estado, 'completada')
  await cuando(() => ana.pedir('GET', '/health/ready')).entonces(responde(200, { status: 'up' }))
})

test('si suelta a tiempo, quien esperaba ni se entera', async (t) => {
  const api = await abrirApi()
  t.after(api.cerrar)
  const otro = await ocuparAlmacen(api)
  const pedidas = [api.invitado.reservar(), api.invitado.reservar()]
  await cuando(() => api.invitado.lista()).entonces(responde(200))
  otro.soltar()
  for (const pedida of pedidas) await cuando(() => pedida).entonces(responde(200))
})

/** Pide por las dos rutas hasta que no cabe nada por ninguna. */
const llenar = async ({ invitado }: Api) => {
  const hechas: ReservaJson[] = []
  const aceptadas: Respuesta[] = []
  const rechazadas: Respuesta[] = []
  for (let cupo = true; cupo; ) {
    const [hecha, aceptada] = await Promise.all([invitado.reservar(), invitado.reservarDespues()])
    if (hecha.estado === 200) hechas.push(hecha.json<ReservaJson>())
    else rechazadas.push(hecha)
    if (aceptada.estado === 202) aceptadas.push(aceptada)
    else rechazadas.push(aceptada)
    cupo = hecha.estado === 200 || aceptada.estado === 202
  }
  return { hechas, aceptadas, rechazadas }
}

test('con el disco lleno cada escritura es 503 y nada queda a medias; con espacio, lo aceptado se cumple y todo vuelve solo', async (t) => {
  const entorno = entornoVeloz(50)
  const espacio = almacenConEspacio(entorno)
  const api = await abrirApiPorPartes({ entorno, almacen: espacio.almacen })
  t.after(api.cerrar)
  const { invitado } = api
  await invitado.unaReserva()
  espacio.dejarLugarPara(40)
  const { hechas, aceptadas, rechazadas } = await llenar(api)
  assert.ok(hechas.length > 0 && aceptadas.length > 0)
  for (const rechazada of rechazadas)
    await cuando(async () => rechazada).entonces(esProblema(503, 'disco_lleno'), lleva('retry-after', '30'))
  const { reservas, resumen_reservas } = await filas(api)
  assert.equal(resumen_reservas, reservas)
  for (const { id } of hechas) {
    await cuando(() => invitado.reserva(id)).entonces(responde(200, { id }))
    assert.deepEqual(await api.publicados('eventos-reserva', id), ['ReservaCreada'])
  }

  espacio.liberar()
  for (const aceptada of aceptadas) {
    const { estado, id_reserva } = await invitado.desenlace(aceptada)
    assert.equal(estado, 'completada')
    assert.deepEqual(await api.publicados('eventos-reserva', id_reserva), ['ReservaCreada'])
  }
  await cuando(() => invitado.reservar()).entonces(responde(200))
  const final = await filas(api)
  assert.deepEqual(
    [final.operaciones, final.reservas, final.resumen_reservas],
    [aceptadas.length, ...Array(2).fill(hechas.length + aceptadas.length + 2)],
  )
})
