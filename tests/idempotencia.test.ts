import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirApi } from './apoyo/api.ts'
import { filas, ocuparAlmacen, tablasCon } from './apoyo/archivo.ts'
import type { AceptadaJson, Cliente } from './apoyo/cliente.ts'
import { cuando, esProblema, lleva, pideRepetir, responde, rompe } from './apoyo/frases.ts'
import { unLeg, unPedido, unPedidoDe } from './apoyo/pedidos.ts'

const api = await abrirApi()
after(api.cerrar)
const { invitado } = api

let usadas = 0
/** Una llave que ninguna otra prueba usa. */
const llave = (): Record<string, string> => ({ 'idempotency-key': `llave-${++usadas}` })

const RUTAS: readonly (readonly [
  nombre: string,
  pedir: (quien: Cliente, cuerpo: unknown, cabeceras: object) => ReturnType<Cliente['reservar']>,
])[] = [
  ['/vuelos/reserva', (quien, cuerpo, cabeceras) => quien.reservar(cuerpo, cabeceras)],
  ['/vuelos/reserva-comando', (quien, cuerpo, cabeceras) => quien.reservarDespues(cuerpo, cabeceras)],
]

for (const [ruta, pedir] of RUTAS) {
  test(`${ruta}: la misma llave con el mismo pedido da la misma respuesta y no lo hace dos veces`, async () => {
    const con = llave()
    const primera = await cuando(() => pedir(invitado, unPedido(), con)).seObtiene(lleva('idempotent-replayed', null))
    const antes = (await filas(api)).idempotencia
    const segunda = await cuando(() => pedir(invitado, unPedido(), con)).seObtiene(lleva('idempotent-replayed', 'true'))
    assert.deepEqual([segunda.estado, segunda.texto], [primera.estado, primera.texto])
    assert.equal(segunda.cabeceras.get('location'), primera.cabeceras.get('location'))
    assert.equal((await filas(api)).idempotencia, antes)
  })

  test(`${ruta}: la misma llave con otro pedido es 422, y no hace nada`, async () => {
    const con = llave()
    await pedir(invitado, unPedido(), con)
    const otro = unPedidoDe(unLeg('BOG-XYZ'))
    await cuando(() => pedir(invitado, otro, con)).entonces(esProblema(422, 'llave_reutilizada'))
    assert.deepEqual(await tablasCon(api, 'XYZ'), [])
  })

  test(`${ruta}: una regla rota se recuerda igual que un éxito`, async () => {
    const con = llave()
    const primera = await cuando(() => pedir(invitado, {}, con)).seObtiene(rompe('MinimoUnItinerario'))
    const segunda = await cuando(() => pedir(invitado, {}, con)).seObtiene(rompe('MinimoUnItinerario'))
    assert.equal(segunda.json().error, primera.json().error)
    await cuando(() => pedir(invitado, unPedido(), con)).entonces(esProblema(422, 'llave_reutilizada'))
  })

  test(`${ruta}: la llave vale suelta o entre comillas`, async () => {
    const con = llave()['idempotency-key']
    const suelta = await pedir(invitado, unPedido(), { 'idempotency-key': con })
    const entreComillas = await pedir(invitado, unPedido(), { 'idempotency-key': `"${con}"` })
    assert.equal(entreComillas.texto, suelta.texto)
  })

  test(`${ruta}: cada actor tiene sus llaves`, async () => {
    const con = llave()
    const cuerpos = new Set<string>()
    for (const quien of [invitado, api.como('ana'), api.como('beto'), api.operador])
      cuerpos.add((await pedir(quien, unPedido(), con)).texto)
    assert.equal(cuerpos.size, 4)
  })

  test(`${ruta}: sin llave, cada pedido es otro`, async () => {
    const [una, otra] = [await pedir(invitado, unPedido(), {}), await pedir(invitado, unPedido(), {})]
    assert.notEqual(una.texto, otra.texto)
    assert.equal(una.cabeceras.get('idempotent-replayed'), null)
  })

  test(`${ruta}: dos a la vez con la misma llave son una; la que llega mientras tanto recibe 409 y puede repetir`, async () => {
    const con = llave()
    const otro = await ocuparAlmacen(api)
    const dos = [pedir(invitado, unPedido(), con), pedir(invitado, unPedido(), con)] as const
    const rechazada = await Promise.race(dos)
    await cuando(async () => rechazada).entonces(esProblema(409, 'peticion_en_curso'), pideRepetir)
    otro.soltar()
    const hecha = (await Promise.all(dos)).find((respuesta) => respuesta !== rechazada)
    assert.ok(hecha !== undefined && hecha.estado < 300)
    const repetida = await cuando(() => pedir(invitado, unPedido(), con)).seObtiene(lleva('idempotent-replayed', 'true'))
    assert.equal(repetida.texto, hecha.texto)
  })
}

test('lo que no llegó a ser un pedido no ocupa la llave', async () => {
  const con = llave()
  await cuando(() => invitado.reservar({ itinerarios: 7 }, con)).entonces(esProblema(422, 'datos_invalidos'))
  await cuando(() => invitado.reservar(unPedido(), con)).entonces(responde(200))
})

test('una llave es de un pedido: en otra ruta es 422', async () => {
  const con = llave()
  await invitado.reservar(unPedido(), con)
  await cuando(() => invitado.reservarDespues(unPedido(), con)).entonces(esProblema(422, 'llave_reutilizada'))
})

test('una transición repetida con su llave es una sola operación', async () => {
  const { id } = await invitado.unaReserva()
  const opciones = { cabeceras: llave() }
  const una = (await invitado.aprobar(id, opciones)).json<AceptadaJson>()
  await invitado.operacion(`/operaciones/${una.id_operacion}`)
  assert.deepEqual((await invitado.aprobar(id, opciones)).json(), una)
  assert.equal((await invitado.operacion(`/operaciones/${una.id_operacion}`)).json().estado, 'completada')
})

test('la respuesta recordada es la de entonces, aunque la reserva haya cambiado', async () => {
  const con = llave()
  const { id } = (await invitado.reservar(unPedido(), con)).json<ReservaJson>()
  await invitado.desenlace(await invitado.cancelar(id))
  await cuando(() => invitado.reservar(unPedido(), con)).entonces(responde(200, { id, estado: 'PENDIENTE' }))
  await cuando(() => invitado.reserva(id)).entonces(responde(200, { id, estado: 'CANCELADA' }))
})

for (const [nombre, valor] of [
  ['vacía', ''],
  ['de 256 letras', 'x'.repeat(256)],
] as const)
  test(`una llave ${nombre} es 422`, () =>
    cuando(() => invitado.reservar(unPedido(), { 'idempotency-key': valor })).entonces(esProblema(422, 'parametros_invalidos')))
