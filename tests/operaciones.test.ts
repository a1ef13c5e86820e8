import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirApi, abrirApiPorPartes } from './apoyo/api.ts'
import { publicados } from './apoyo/archivo.ts'
import type { AceptadaJson, OperacionJson } from './apoyo/cliente.ts'
import { entornoVeloz } from './apoyo/entornos.ts'
import { cuando, dado, esProblema, lleva, responde } from './apoyo/frases.ts'
import { ID_DE_NADIE, unPedido } from './apoyo/pedidos.ts'
import { consumidorRetenido } from './apoyo/retenido.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

const api = await abrirApi()
after(api.cerrar)
const { invitado, operador } = api

describe('un comando aceptado', () => {
  for (const ruta of ['/vuelos/reserva-comando', '/vuelos/reserva-commando'])
    test(`B18 B64 ${ruta} responde 202 con la operación, la reserva y dónde mirar`, async () => {
      const respuesta = await cuando(() => invitado.pedir('POST', ruta, { cuerpo: unPedido() })).seObtiene(
        responde(202, { estado: 'aceptada' }),
      )
      const { id_operacion, id_reserva } = respuesta.json<AceptadaJson>()
      assert.match(id_operacion, UUID)
      assert.match(id_reserva, UUID)
      assert.equal(respuesta.cabeceras.get('location'), `/operaciones/${id_operacion}`)
      const operacion = await invitado.desenlace(respuesta)
      assert.partialDeepStrictEqual(operacion, {
        id: id_operacion,
        comando: 'CrearReserva',
        estado: 'completada',
        id_reserva,
        eventos: ['ReservaCreada'],
        error: null,
      })
      await cuando(() => invitado.reserva(id_reserva)).entonces(responde(200, { id: id_reserva, estado: 'PENDIENTE' }))
    })

  test('lo que termina deja su evento en eventos-operacion, junto al de la reserva', async () => {
    const { id_reserva } = await invitado.desenlace(await invitado.reservarDespues())
    assert.deepEqual(await publicados(api, 'eventos-reserva', id_reserva), ['ReservaCreada'])
    assert.deepEqual(await publicados(api, 'eventos-operacion', id_reserva), ['OperacionTerminada'])
  })

  test('B43 los cuatro comandos se publican y se cumplen', async () => {
    const { id } = await invitado.unaReserva()
    for (const pedir of [() => invitado.aprobar(id), () => invitado.pagar(id), () => invitado.cancelar(id)])
      assert.equal((await invitado.desenlace(await pedir())).estado, 'completada')
    assert.deepEqual(await publicados(api, 'comandos-reserva', id), ['AprobarReserva', 'PagarReserva', 'CancelarReserva'])
    assert.deepEqual(await publicados(api, 'eventos-reserva', id), [
      'ReservaCreada',
      'ReservaAprobada',
      'ReservaPagada',
      'ReservaCancelada',
    ])
  })
})

describe('una guarda que no se cumple', () => {
  test('termina la operación fallida, con la regla, su frase y el idioma de quien pregunta', async () => {
    const { id } = await invitado.unaReserva()
    const aceptada = await invitado.pagar(id)
    assert.partialDeepStrictEqual(await invitado.desenlace(aceptada), {
      comando: 'PagarReserva',
      estado: 'fallida',
      eventos: [],
      error: {
        codigo: 'TransicionValida',
        error: 'TransicionValida - La reserva está pendiente y no puede pasar a pagada',
        detail: 'La reserva está pendiente y no puede pasar a pagada',
      },
    })
    const camino = String(aceptada.cabeceras.get('location'))
    await cuando(() => invitado.pedir('GET', camino, { cabeceras: { 'accept-language': 'en' } })).entonces(
      responde(200, { error: { detail: 'The reservation is pending and cannot become paid' } }),
    )
    assert.deepEqual(await publicados(api, 'eventos-reserva', id), ['ReservaCreada'])
    assert.deepEqual(await publicados(api, 'eventos-operacion', id), ['OperacionTerminada'])
  })

  test('una reserva que no existe, también', async () => {
    const { estado, error } = await invitado.desenlace(await invitado.aprobar(ID_DE_NADIE))
    assert.equal(estado, 'fallida')
    assert.equal(error?.codigo, 'reserva_no_encontrada')
  })
})

describe('de quién es una operación', () => {
  const suya = async () => (await api.como('ana').reservarDespues()).json<AceptadaJson>().id_operacion

  test('quien la pidió y los operadores la ven', async () => {
    const id = await suya()
    for (const quien of [api.como('ana'), operador, api.como('pagos', 'servicio')])
      await cuando(() => quien.operacion(`/operaciones/${id}`)).entonces(responde(200, { id }))
  })

  test('para los demás no existe: la respuesta es, salvo el id, la misma que la de una que no existe', async () => {
    const id = await suya()
    for (const quien of [api.como('beto'), invitado]) {
      const ajena = await cuando(() => quien.operacion(`/operaciones/${id}`)).seObtiene(esProblema(404, 'operacion_no_encontrada'))
      const ninguna = await quien.operacion(`/operaciones/${ID_DE_NADIE}`)
      const neutra = (texto: string) =>
        texto
          .replaceAll(/"instance":"[^"]+"/g, '')
          .replaceAll(id, 'X')
          .replaceAll(ID_DE_NADIE, 'X')
      assert.equal(neutra(ajena.texto), neutra(ninguna.texto))
    }
  })

  test('la de un invitado es de quien conozca su id', () =>
    dado(invitado.reservarDespues())
      .cuando((aceptada) => api.como('beto').operacion(String(aceptada.cabeceras.get('location'))))
      .entonces(responde(200, { comando: 'CrearReserva' })))

  test('y quien pide con una firma que no vale no pide nada', () =>
    cuando(() => invitado.pedir('GET', '/operaciones/x', { cabeceras: { 'x-actor': 'e30.falsa' } })).entonces(
      esProblema(401, 'actor_invalido'),
      lleva('www-authenticate', 'X-Actor'),
    ))
})

describe('Prefer: wait', () => {
  const VECES = 50
  const abrirRetenida = async () => {
    const comandos = consumidorRetenido('comandos-reserva')
    const retenida = await abrirApiPorPartes({ entorno: entornoVeloz(VECES), broker: comandos.broker, alCerrar: comandos.soltar })
    return { ...retenida, soltar: comandos.soltar }
  }

  test('espera lo pedido y no más: si no terminó, dice cómo va y cuándo volver a mirar', async (t) => {
    const retenida = await abrirRetenida()
    t.after(retenida.cerrar)
    const lugar = String((await retenida.invitado.reservarDespues()).cabeceras.get('location'))
    const inicio = performance.now()
    await cuando(() => retenida.invitado.operacion(lugar, 10)).entonces(
      responde(200, { estado: 'aceptada', eventos: [], error: null }),
      lleva('preference-applied', 'wait=10'),
      lleva('retry-after', '1'),
    )
    assert.ok((performance.now() - inicio) * VECES >= 10_000)
    await cuando(() => retenida.invitado.operacion(lugar, 9_999)).entonces(lleva('preference-applied', 'wait=30'))
  })

  test('responde en cuanto termina', async (t) => {
    const retenida = await abrirRetenida()
    t.after(retenida.cerrar)
    const lugar = String((await retenida.invitado.reservarDespues()).cabeceras.get('location'))
    const esperas = [1, 2, 3].map(() => retenida.invitado.operacion(lugar, 30))
    retenida.soltar()
    for (const espera of esperas) assert.equal((await espera).json<OperacionJson>().estado, 'completada')
  })

  for (const prefer of [undefined, 'respond-async', 'wait=x', 'wait=-1', 'wait=0'])
    test(`con «${prefer}» no espera`, async () => {
      const { id_operacion } = (await invitado.reservarDespues()).json<AceptadaJson>()
      await cuando(() =>
        invitado.pedir('GET', `/operaciones/${id_operacion}`, prefer === undefined ? {} : { cabeceras: { prefer } }),
      ).entonces(responde(200, { id: id_operacion }), lleva('preference-applied', null))
    })

  test('se entiende entre otras preferencias y entre comillas', async () => {
    const lugar = String((await invitado.reservarDespues()).cabeceras.get('location'))
    for (const prefer of ['respond-async, wait=5', 'wait="5"', 'WAIT = 5; x=1'])
      await cuando(() => invitado.pedir('GET', lugar, { cabeceras: { prefer } })).entonces(
        responde(200, { estado: 'completada' }),
        lleva('preference-applied', 'wait=5'),
      )
  })
})

test('la correlación del pedido llega hasta los eventos que provoca, y la causa de cada uno es el mensaje anterior', async () => {
  const { id_operacion, id_reserva } = (
    await invitado.reservarDespues(unPedido(), { 'x-correlation-id': 'mi-conversacion' })
  ).json<AceptadaJson>()
  await invitado.operacion(`/operaciones/${id_operacion}`)
  const vistos: Record<string, string>[] = []
  for (const topico of ['comandos-reserva', 'eventos-reserva', 'eventos-operacion'])
    for await (const { llave, propiedades } of api.sistema.broker.leer({ topico, desde: 'primero', senal: AbortSignal.timeout(10_000) }))
      if (llave === id_reserva && vistos.push({ ...propiedades })) break
  for (const propiedades of vistos) assert.equal(propiedades.correlationid, 'mi-conversacion')
  assert.deepEqual(
    vistos.map(({ causationid }) => causationid),
    ['mi-conversacion', id_operacion, id_operacion],
  )
  const { fecha_creacion } = (await invitado.reserva(id_reserva)).json<ReservaJson>()
  assert.equal(`${vistos[1]?.time?.slice(0, 19)}Z`, fecha_creacion)
})
