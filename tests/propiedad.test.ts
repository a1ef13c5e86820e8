import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirApi } from './apoyo/api.ts'
import { publicados } from './apoyo/archivo.ts'
import type { Cliente } from './apoyo/cliente.ts'
import { cuando, esProblema, responde } from './apoyo/frases.ts'
import { ID_DE_NADIE, unPedido } from './apoyo/pedidos.ts'

const api = await abrirApi()
after(api.cerrar)
const { invitado, operador } = api
const [ana, beto, servicio] = [api.como('ana'), api.como('beto'), api.como('pagos', 'servicio')]

/** Sin lo que cambia en cada respuesta: la correlación y el id por el que se pregunta. */
const neutro = (texto: string, id: string): string => texto.replace(/"instance":"[^"]+"/, '').replaceAll(id, 'X')

/** Para quien no es su dueño, la reserva no se distingue de una que no existe. */
const noExistePara = async (quien: Cliente, id: string): Promise<void> => {
  for (const camino of ['/vuelos/reserva', '/vuelos/reserva-query']) {
    const ajena = await cuando(() => quien.pedir('GET', `${camino}/${id}`)).seObtiene(esProblema(404, 'reserva_no_encontrada'))
    const ninguna = await quien.pedir('GET', `${camino}/${ID_DE_NADIE}`)
    assert.equal(neutro(ajena.texto, id), neutro(ninguna.texto, ID_DE_NADIE))
    const nombres = ({ cabeceras }: typeof ajena) => [...cabeceras.keys()].toSorted()
    assert.deepEqual(nombres(ajena), nombres(ninguna))
  }
}

describe('la reserva de un viajero', () => {
  test('B11 lleva su identificador, el de quien firma y no el que se diga en el pedido', async () => {
    for (const pedir of [
      () => ana.unaReserva(unPedido({ id_cliente: 'beto', id_usuario: 'beto' })),
      async () => {
        const { id_reserva } = await ana.desenlace(await ana.reservarDespues(unPedido({ id_cliente: 'beto' })))
        return (await ana.reserva(id_reserva)).json<ReservaJson>()
      },
    ])
      assert.equal((await pedir()).id_cliente, 'ana')
  })

  test('la ven él, los operadores y los servicios', async () => {
    const { id } = await ana.unaReserva()
    for (const quien of [ana, operador, servicio]) await cuando(() => quien.reserva(id)).entonces(responde(200, { id }))
  })

  test('para otro viajero o un invitado no existe', async () => {
    const { id } = await ana.unaReserva()
    for (const quien of [beto, invitado]) await noExistePara(quien, id)
  })

  for (const verbo of ['aprobar', 'pagar', 'cancelar'] as const)
    test(`nadie más la puede ${verbo}: la operación termina igual que si no existiera, y la reserva no cambia`, async () => {
      const { id } = await ana.unaReserva()
      for (const quien of [beto, invitado]) {
        const ajena = await quien.desenlace(await quien[verbo](id))
        const ninguna = await quien.desenlace(await quien[verbo](ID_DE_NADIE))
        assert.equal(ajena.estado, 'fallida')
        assert.equal(neutro(JSON.stringify(ajena.error), id), neutro(JSON.stringify(ninguna.error), ID_DE_NADIE))
      }
      await cuando(() => ana.reserva(id)).entonces(responde(200, { estado: 'PENDIENTE' }))
      assert.deepEqual(await publicados(api, 'eventos-reserva', id), ['ReservaCreada'])
    })

  test('un operador la aprueba, y el evento dice quién fue y de quién es', async () => {
    const { id } = await ana.unaReserva()
    await operador.desenlace(await operador.aprobar(id))
    await cuando(() => ana.reserva(id)).entonces(responde(200, { estado: 'APROBADA' }))
    const senal = AbortSignal.timeout(10_000)
    for await (const { llave, propiedades } of api.sistema.broker.leer({ topico: 'eventos-reserva', desde: 'primero', senal }))
      if (llave === id && propiedades.type === 'ReservaAprobada')
        return assert.partialDeepStrictEqual(propiedades, { actor: 'operador:operador-1', propietario: 'ana' })
    assert.fail('no se publicó la aprobación')
  })
})

describe('la reserva de un invitado', () => {
  test('es de quien conozca su identificador: la ve y la cancela cualquiera que lo tenga', async () => {
    const { id, id_cliente } = await invitado.unaReserva()
    assert.equal(id_cliente, null)
    for (const quien of [invitado, ana, beto, operador]) await cuando(() => quien.reserva(id)).entonces(responde(200, { id }))
    assert.equal((await beto.desenlace(await beto.cancelar(id))).estado, 'completada')
  })

  test('y su identificador no se adivina: dos seguidos no comparten los 62 bits del azar', async () => {
    const [una, otra] = [await invitado.unaReserva(), await invitado.unaReserva()]
    const azar = ({ id }: ReservaJson) => id.slice(19)
    assert.notEqual(azar(una), azar(otra))
  })

  test('la que hace un operador tampoco es de nadie', async () => assert.equal((await operador.unaReserva()).id_cliente, null))
})

for (const [nombre, cabecera] of [
  ['inventada', 'eyJpZCI6ImFuYSIsInJvbCI6Im9wZXJhZG9yIiwidmVuY2UiOjllOTl9.AAAA'],
  ['sin firma', Buffer.from('{"id":"ana","rol":"viajero","vence":9e99}').toString('base64url')],
  ['vacía', ''],
] as const)
  test(`con una credencial ${nombre} no se pide nada, tampoco como invitado`, () =>
    cuando(() => invitado.pedir('GET', '/vuelos/reserva', { cabeceras: { 'x-actor': cabecera } })).entonces(
      esProblema(401, 'actor_invalido'),
    ))
