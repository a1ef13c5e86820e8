import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirApi } from './apoyo/api.ts'
import type { Cliente, Respuesta } from './apoyo/cliente.ts'
import { cuando, esProblema, lleva, responde, senala } from './apoyo/frases.ts'
import { unPedido } from './apoyo/pedidos.ts'

const api = await abrirApi()
after(api.cerrar)
const { invitado, operador } = api

const idsDe = (respuesta: Respuesta): string[] => respuesta.json<ReservaJson[]>().map(({ id }) => id)

const reservar = async (quien: Cliente, cuantas: number): Promise<string[]> => {
  const ids: string[] = []
  for (let i = 0; i < cuantas; i++) ids.push((await quien.unaReserva()).id)
  return ids
}

const siguienteDe = ({ cabeceras }: Respuesta): string | undefined => /^<([^>]+)>; rel="next"$/.exec(cabeceras.get('link') ?? '')?.[1]

/** Recorre por `Link` hasta el final y da lo visto, página por página. `entre` corre después de cada una. */
const recorrer = async (quien: Cliente, desde: string, entre: () => Promise<unknown> = async () => {}): Promise<string[][]> => {
  const paginas: string[][] = []
  for (let camino: string | undefined = desde; camino !== undefined; ) {
    const pagina: Respuesta = await quien.pedir('GET', camino)
    paginas.push(idsDe(pagina))
    camino = siguienteDe(pagina)
    await entre()
  }
  return paginas
}

describe('B19 la lista', () => {
  for (const camino of ['/vuelos/reserva', '/vuelos/reserva-query'])
    test(`B19 B41 ${camino} da las reservas enteras, más nuevas primero`, async () => {
      const ana = api.como(`ana${camino.length}`)
      const ids = await reservar(ana, 3)
      const respuesta = await cuando(() => ana.pedir('GET', camino)).seObtiene(responde(200), lleva('link', null))
      assert.deepEqual(idsDe(respuesta), ids.toReversed())
      for (const reserva of respuesta.json<ReservaJson[]>()) assert.deepEqual(reserva, (await ana.reserva(reserva.id)).json())
    })

  test('lo que se acaba de reservar ya está en ella', async () => {
    const ana = api.como('ana-al-dia')
    const { id } = await ana.unaReserva()
    assert.deepEqual(idsDe(await ana.lista()), [id])
    const { id_reserva } = await ana.desenlace(await ana.reservarDespues())
    assert.deepEqual(idsDe(await ana.lista()), [id_reserva, id])
  })
})

describe('de quién', () => {
  test('cada viajero ve las suyas y ninguna otra; un invitado, ninguna', async () => {
    const [ana, beto] = [api.como('ana-suyas'), api.como('beto-suyas')]
    const [deAna, deBeto] = [await reservar(ana, 2), await reservar(beto, 1)]
    await reservar(invitado, 1)
    assert.deepEqual(idsDe(await ana.lista()), deAna.toReversed())
    assert.deepEqual(idsDe(await beto.lista()), deBeto)
    for (const consulta of ['', '?estado=PENDIENTE', '?pagada=no']) assert.deepEqual(idsDe(await invitado.lista(consulta)), [])
  })

  test('operadores y servicios ven las de todos', async () => {
    const ids = [...(await reservar(api.como('ana-todas'), 1)), ...(await reservar(invitado, 1))]
    for (const quien of [operador, api.como('pagos', 'servicio')])
      assert.deepEqual(idsDe(await quien.lista('?tamano_pagina=2')), ids.toReversed())
  })

  test('nunca lleva datos de contacto: lo que no es de la reserva no se guarda', async () => {
    const ana = api.como('ana-contacto')
    await ana.unaReserva(unPedido({ correo: 'ana@example.com', pasajeros: [{ tipo: 'ADULTO', clase: 'PRIMERA', telefono: '300' }] }))
    assert.doesNotMatch((await ana.lista()).texto, /example\.com|telefono/)
  })

  test('con AEROALPES_LISTA_ABIERTA cualquiera ve las de todos, como en el aula', async (t) => {
    const abierta = await abrirApi({ listaAbierta: true })
    t.after(abierta.cerrar)
    const ids = [...(await reservar(abierta.como('ana'), 1)), ...(await reservar(abierta.invitado, 1))]
    for (const quien of [abierta.invitado, abierta.como('beto')]) assert.deepEqual(idsDe(await quien.lista()), ids.toReversed())
    const [deAna = ''] = ids
    await cuando(() => abierta.invitado.reserva(deAna)).entonces(esProblema(404, 'reserva_no_encontrada'))
  })
})

describe('por páginas', () => {
  test('siguiendo Link se llega al final sin saltos ni repetidos, aunque se reserve mientras tanto', async () => {
    const ana = api.como('ana-paginas')
    const ids = await reservar(ana, 7)
    const paginas = await recorrer(ana, '/vuelos/reserva?tamano_pagina=3', () => reservar(ana, 1))
    assert.deepEqual(paginas.flat(), ids.toReversed())
    assert.deepEqual(
      paginas.map((pagina) => pagina.length),
      [3, 3, 1],
    )
  })

  test('la última página llena lleva a una vacía, y ahí se acaba', async () => {
    const ana = api.como('ana-llenas')
    const ids = await reservar(ana, 4)
    assert.deepEqual(await recorrer(ana, '/vuelos/reserva?tamano_pagina=2'), [ids.slice(2).toReversed(), ids.slice(0, 2).toReversed(), []])
  })

  test('Link conserva los filtros y la ruta', async () => {
    const ana = api.como('ana-filtros')
    const ids = await reservar(ana, 3)
    await ana.desenlace(await ana.cancelar(String(ids[1])))
    const paginas = await recorrer(ana, '/vuelos/reserva-query?estado=PENDIENTE&tamano_pagina=1')
    assert.deepEqual(paginas, [[ids[2]], [ids[0]], []])
  })

  test('sin tamaño son cincuenta, y lo más es cien', async () => {
    const ana = api.como('ana-cincuenta')
    await Promise.all(Array.from({ length: 101 }, () => ana.unaReserva()))
    assert.equal(idsDe(await ana.lista()).length, 50)
    assert.equal(idsDe(await ana.lista('?tamano_pagina=100')).length, 100)
    const paginas = await recorrer(ana, '/vuelos/reserva')
    assert.equal(new Set(paginas.flat()).size, 101)
  })

  for (const tamano of ['0', '101', '-1', '1.5', '07', 'diez', ''])
    test(`tamano_pagina=${tamano} es 422`, () =>
      cuando(() => invitado.lista(`?tamano_pagina=${tamano}`)).entonces(senala('parametros_invalidos', '/tamano_pagina')))

  const otroToken = (texto: string) => Buffer.from(texto).toString('base64url')
  for (const token of ['x', '', otroToken('2 x'), otroToken('1 no-es-un-id'), otroToken("1 ' or 1=1 --"), '%00', '__proto__'])
    test(`token_pagina=${token} es 422`, () =>
      cuando(() => invitado.lista(`?token_pagina=${token}`)).entonces(senala('token_invalido', '/token_pagina')))

  test('un token no da a ver nada ajeno', async () => {
    await reservar(api.como('ana-token'), 2)
    const siguiente = siguienteDe(await operador.lista('?tamano_pagina=1'))
    assert.deepEqual(idsDe(await invitado.pedir('GET', String(siguiente))), [])
  })
})

describe('por estado', () => {
  const ana = api.como('ana-estados')
  const porEstado = async () => {
    const [pendiente = '', aprobada = '', pagada = '', cancelada = ''] = await reservar(ana, 4)
    for (const id of [aprobada, pagada]) await ana.desenlace(await ana.aprobar(id))
    await ana.desenlace(await ana.pagar(pagada))
    await ana.desenlace(await ana.cancelar(cancelada))
    return { pendiente, aprobada, pagada, cancelada }
  }
  const creadas = porEstado()

  for (const estado of ['pendiente', 'aprobada', 'pagada', 'cancelada'] as const)
    test(`B22 ?estado=${estado.toUpperCase()} da sólo ésas`, async () =>
      assert.deepEqual(idsDe((await creadas) && (await ana.lista(`?estado=${estado.toUpperCase()}`))), [(await creadas)[estado]]))

  test('B22 ?pagada=no da las que todavía se pueden pagar', async () => {
    const { pendiente, aprobada } = await creadas
    assert.deepEqual(idsDe(await ana.lista('?pagada=no')), [aprobada, pendiente])
  })

  test('los dos filtros juntos se cumplen los dos', async () => {
    const { pendiente, aprobada } = await creadas
    for (const [estado, ids] of [
      ['PENDIENTE', [pendiente]],
      ['APROBADA', [aprobada]],
      ['PAGADA', []],
      ['CANCELADA', []],
    ] as const)
      assert.deepEqual(idsDe(await ana.lista(`?pagada=no&estado=${estado}`)), ids)
  })

  for (const [consulta, puntero] of [
    ['?estado=OTRO', '/estado'],
    ['?estado=PENDIENTE&estado=PAGADA', '/estado'],
    ['?pagada=si', '/pagada'],
    ['?pagada', '/pagada'],
  ] as const)
    test(`${consulta} es 422`, () => cuando(() => ana.lista(consulta)).entonces(senala('parametros_invalidos', puntero)))

  test('un parámetro que nadie conoce se ignora', () => cuando(() => ana.lista('?otro=1')).entonces(responde(200)))
})
