import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { abrirApi } from './apoyo/api.ts'
import { filas } from './apoyo/archivo.ts'
import type { Opciones } from './apoyo/cliente.ts'
import { cuando, type Expectativa, esProblema, lleva, responde, rompe, senala } from './apoyo/frases.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { hora, ID_DE_NADIE, unAeropuerto, unItinerario, unLeg, unPedido, unPedidoDe } from './apoyo/pedidos.ts'

const api = await abrirApi()
after(api.cerrar)
const { invitado } = api

/** Las tres rutas que reciben un pedido. */
const RUTAS = ['/vuelos/reserva', '/vuelos/reserva-comando', '/vuelos/reserva-commando'] as const

/** Cada ruta de pedido responde así y no escribe nada. */
const enCadaRuta = async (opciones: Opciones, ...expectativas: readonly [Expectativa, ...Expectativa[]]): Promise<void> => {
  for (const ruta of RUTAS) {
    const antes = await filas(api)
    await cuando(() => invitado.pedir('POST', ruta, opciones)).entonces(...expectativas)
    assert.deepEqual(await filas(api), antes)
  }
}

describe('lo que no se puede leer', () => {
  test('B21 JSON mal formado es 400', () => enCadaRuta({ crudo: '{"itinerarios":' }, esProblema(400, 'json_mal_formado')))

  test('B21 otro tipo de contenido es 415', () =>
    enCadaRuta({ crudo: 'itinerarios=', cabeceras: { 'content-type': 'text/plain' } }, esProblema(415, 'tipo_no_admitido')))

  for (const camino of ['/', '/no/existe', '/vuelos', '/hoteles', '/vuelos/reserva/a/b'])
    test(`B21 ${camino}, que no existe, es 404`, () =>
      cuando(() => invitado.pedir('GET', camino)).entonces(esProblema(404, 'ruta_desconocida')))

  for (const [metodo, camino, admitidos] of [
    ['DELETE', '/vuelos/reserva', 'GET, HEAD, POST'],
    ['PUT', '/vuelos/reserva-comando', 'GET, HEAD, POST'],
    ['POST', `/vuelos/reserva/${ID_DE_NADIE}`, 'GET, HEAD'],
    ['GET', `/vuelos/reserva/${ID_DE_NADIE}/aprobar`, 'POST'],
    ['PATCH', '/health', 'GET, HEAD'],
  ] as const)
    test(`B21 ${metodo} ${camino} es 405 y dice qué se admite`, () =>
      cuando(() => invitado.pedir(metodo, camino)).entonces(
        esProblema(405, 'metodo_no_permitido'),
        lleva('allow', camino === '/vuelos/reserva-comando' ? 'POST' : admitidos),
      ))

  test('un problema se dice en inglés a quien lo prefiere; `error` no cambia, que lo leen los clientes del tutorial', () =>
    cuando(() => invitado.reservar({}, { 'accept-language': 'en' })).entonces((respuesta) => {
      assert.equal(respuesta.estado, 400)
      assert.equal(respuesta.cabeceras.get('content-language'), 'en')
      assert.partialDeepStrictEqual(respuesta.json(), {
        detail: 'The list of itineraries must have at least one itinerary',
        error: 'MinimoUnItinerario - La lista de itinerarios debe tener al menos un itinerario',
      })
    }))
})

const LEG = '/itinerarios/0/odos/0/segmentos/0/legs/0'

const sin = (campo: string) => {
  const { [campo]: _, ...resto } = unLeg() as Record<string, unknown>
  return resto
}

describe('lo que no tiene la forma esperada', () => {
  const casos: readonly (readonly [nombre: string, cuerpo: unknown, ...punteros: string[]])[] = [
    ['una lista como cuerpo', [unPedido()], ''],
    ['nada más que null', null, ''],
    ['itinerarios que no es una lista', { itinerarios: {} }, '/itinerarios'],
    ['un leg sin origen', unPedidoDe(sin('origen')), `${LEG}/origen`],
    ['un origen vacío', unPedidoDe(unLeg('BOG-JFK', 0, { origen: {} })), `${LEG}/origen/codigo`],
    ['un código que es un número', unPedidoDe(unLeg('BOG-JFK', 0, { origen: { codigo: 7 } })), `${LEG}/origen/codigo`],
    ['un código sin letras', unPedidoDe(unLeg('BOG-JFK', 0, { destino: { codigo: '' } })), `${LEG}/destino/codigo`],
    ['una fecha que es un número', unPedidoDe(unLeg('BOG-JFK', 0, { fecha_salida: 1 })), `${LEG}/fecha_salida`],
    ['dos fallas a la vez', unPedidoDe({ ...sin('destino'), fecha_salida: 'ayer' }), `${LEG}/destino`, `${LEG}/fecha_salida`],
    ['un pasajero de un tipo desconocido', unPedido({ pasajeros: [{ tipo: 'PERRO', clase: 'PRIMERA' }] }), '/pasajeros/0/tipo'],
    ['un pasajero de una clase en minúsculas', unPedido({ pasajeros: [{ tipo: 'ADULTO', clase: 'primera' }] }), '/pasajeros/0/clase'],
  ]
  for (const [nombre, cuerpo, ...punteros] of casos)
    test(`B21 ${nombre} es 422, con el puntero y la frase de cada dato`, () =>
      enCadaRuta({ cuerpo }, senala('datos_invalidos', ...punteros)))

  for (const fecha of [
    '2022-11-23',
    '2022-11-22T13:10:00',
    '2022-13-01T00:00:00Z',
    '2022-02-30T00:00:00Z',
    '2016-12-31T23:59:60Z',
    '9999-12-31T23:59:59-05:00',
    'ayer',
    '',
  ])
    test(`B21 la fecha «${fecha}» es 422`, () =>
      enCadaRuta({ cuerpo: unPedidoDe(unLeg('BOG-JFK', 0, { fecha_salida: fecha })) }, senala('datos_invalidos', `${LEG}/fecha_salida`)))

  for (const [escrita, dicha] of [
    ['2022-11-22T13:10:00Z', '2022-11-22T13:10:00Z'],
    ['2022-11-22T13:10:00.987Z', '2022-11-22T13:10:00Z'],
    ['2022-11-22T08:10:00-05:00', '2022-11-22T13:10:00Z'],
    ['2022-11-22t18:40:00.5+05:30', '2022-11-22T13:10:00Z'],
  ] as const)
    test(`B03 B21 la fecha ${escrita} se acepta y se responde ${dicha}`, async () => {
      const { id } = await invitado.unaReserva(unPedidoDe(unLeg('BOG-JFK', 0, { fecha_salida: escrita, fecha_llegada: hora(6) })))
      const leida = (await invitado.reserva(id)).json<ReservaJson>()
      assert.equal(leida.itinerarios[0]?.odos[0]?.segmentos[0]?.legs[0]?.fecha_salida, dicha)
    })
})

describe('las reglas', () => {
  const conOdos = (odos: unknown) => unPedido({ itinerarios: [{ odos }] })
  const casos: readonly (readonly [etiqueta: string, nombre: string, cuerpo: unknown, regla: string, frase?: string])[] = [
    ['', 'sin itinerarios', {}, 'MinimoUnItinerario', 'La lista de itinerarios debe tener al menos un itinerario'],
    ['', 'itinerarios vacío', { itinerarios: [] }, 'MinimoUnItinerario', 'La lista de itinerarios debe tener al menos un itinerario'],
    ['B06 ', 'un itinerario sin odos', { itinerarios: [{}] }, 'ItinerarioConOdos'],
    ['B06 ', 'un odo sin segmentos', conOdos([{ segmentos: [] }]), 'OdoConSegmentos'],
    ['B06 ', 'un segmento sin legs', conOdos([{ segmentos: [{}] }]), 'SegmentoConLegs'],
    ['B04 ', 'de BOG a BOG', unPedidoDe(unLeg('BOG-BOG')), 'RutaValida', 'La ruta propuesta es incorrecta'],
    ['B04 ', 'de BOG a bog', unPedidoDe(unLeg('BOG-bog')), 'RutaValida', 'La ruta propuesta es incorrecta'],
    ['B05 ', 'llegar antes de salir', unPedidoDe(unLeg('BOG-JFK', 0, { fecha_llegada: hora(-1) })), 'SalidaAntesDeLlegada'],
    ['B05 ', 'legs que no se conectan', unPedidoDe(unLeg('BOG-MIA'), unLeg('MDE-JFK', 2)), 'LegsConectados'],
    ['B05 ', 'un leg que sale antes de que llegue el anterior', unPedidoDe(unLeg('BOG-MIA', 2), unLeg('MIA-JFK', 0)), 'LegsConectados'],
    ['', 'pasajeros sin ningún adulto', unPedido({ pasajeros: [{ tipo: 'MENOR', clase: 'PRIMERA' }] }), 'MinimoUnAdulto'],
  ]
  for (const [etiqueta, nombre, cuerpo, regla, frase] of casos)
    test(`${etiqueta}${nombre} rompe ${regla} en las tres rutas, antes de escribir nada`, () => enCadaRuta({ cuerpo }, rompe(regla, frase)))

  test('las reglas de un pedido completo se cumplen, con fechas pasadas y pasajeros sin nombre', () =>
    cuando(() => invitado.reservar(unPedido({ pasajeros: [{ tipo: 'ADULTO', clase: 'ECONOMICA' }] }))).entonces(
      responde(200, { pasajeros: [{ nombre: null, tipo: 'ADULTO', clase: 'ECONOMICA' }] }),
    ))
})

const MAL_FORMADOS = ['no-es-un-id', '%00', '..%2f..', `${ID_DE_NADIE}0`, "'%20OR%201=1--"] as const

describe('identificadores', () => {
  test('B20 el id de nadie es 404, en cada ruta que lee', async () => {
    for (const camino of ['/vuelos/reserva', '/vuelos/reserva-query'])
      await cuando(() => invitado.pedir('GET', `${camino}/${ID_DE_NADIE}`)).entonces(esProblema(404, 'reserva_no_encontrada'))
    await cuando(() => invitado.operacion(`/operaciones/${ID_DE_NADIE}`)).entonces(esProblema(404, 'operacion_no_encontrada'))
  })

  for (const id of MAL_FORMADOS)
    test(`B20 el id «${id}» es 404 en cada ruta, y no abre ninguna operación`, async () => {
      const antes = await filas(api)
      for (const camino of [`/vuelos/reserva/${id}`, `/vuelos/reserva-query/${id}`, `/operaciones/${id}`])
        await cuando(() => invitado.pedir('GET', camino)).entonces(({ estado }) => assert.equal(estado, 404))
      for (const verbo of ['aprobar', 'pagar', 'cancelar'])
        await cuando(() => invitado.pedir('POST', `/vuelos/reserva/${id}/${verbo}`)).entonces(({ estado }) => assert.equal(estado, 404))
      assert.deepEqual(await filas(api), antes)
    })
})

/** Lo que queda en memoria cuando se ha soltado todo lo que se podía soltar. */
const memoria = (): number => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const anidado = (niveles: number): string => `{"x":${'['.repeat(niveles - 1)}${']'.repeat(niveles - 1)}}`

describe('lo desmedido', () => {
  test('más de 64 KB es 413', () =>
    enCadaRuta({ crudo: JSON.stringify(unPedido({ relleno: 'x'.repeat(65_536) })) }, esProblema(413, 'cuerpo_demasiado_grande')))

  test('veintiún niveles es 422, y veinte no', async () => {
    await enCadaRuta({ crudo: anidado(21) }, esProblema(422, 'json_demasiado_profundo'))
    await enCadaRuta({ crudo: anidado(20) }, rompe('MinimoUnItinerario'))
  })

  test('mil un elementos es 422, estén donde estén', async () => {
    await enCadaRuta({ cuerpo: { itinerarios: Array(1_001).fill({}) } }, senala('lista_demasiado_larga', '/itinerarios'))
    await enCadaRuta({ cuerpo: unPedido({ otros: { cosas: Array(1_001).fill(0) } }) }, senala('lista_demasiado_larga', '/otros/cosas'))
  })

  for (const clave of ['__proto__', 'constructor', 'prototype'])
    test(`${clave} es 422 y el prototipo de los objetos no cambia`, async () => {
      const intruso = `{"${clave}":{"intruso":1}}`
      await enCadaRuta({ crudo: intruso }, senala('clave_prohibida', `/${clave}`))
      await enCadaRuta({ crudo: `{"itinerarios":[${intruso}]}` }, senala('clave_prohibida', `/itinerarios/0/${clave}`))
      assert.equal(({} as { intruso?: unknown }).intruso, undefined)
    })

  test('ciento veinte cuerpos desmedidos no dejan memoria tomada', async () => {
    const enorme = Buffer.from(JSON.stringify(unPedido({ relleno: 'x'.repeat(500_000) })))
    const anidados = Buffer.from(anidado(20_000))
    const probar = async (veces: number) => {
      for (let i = 0; i < veces; i++) {
        await cuando(() => invitado.pedir('POST', '/vuelos/reserva', { crudo: enorme })).entonces(
          esProblema(413, 'cuerpo_demasiado_grande'),
        )
        await cuando(() => invitado.pedir('POST', '/vuelos/reserva', { crudo: anidados })).entonces(
          esProblema(422, 'json_demasiado_profundo'),
        )
      }
    }
    await probar(5)
    const antes = memoria()
    await probar(60)
    // Pasaron 32 MB: con que uno de cada cinco quedara retenido, se vería.
    await hastaQue('la memoria vuelve a donde estaba', async () => memoria() - antes < 5e6)
  })
})

describe('lo repetido', () => {
  test('B36 el mismo vuelo se reserva cuantas veces se quiera, por cualquiera', async () => {
    const vuelo = unPedido()
    const ids = new Set<string>()
    for (const quien of [invitado, invitado, api.como('ana'), api.como('beto')]) ids.add((await quien.unaReserva(vuelo)).id)
    for (const { id_reserva } of [await invitado.desenlace(await invitado.reservarDespues(vuelo))]) ids.add(id_reserva)
    assert.equal(ids.size, 5)
  })

  test('B37 dos itinerarios iguales en un pedido siguen siendo dos', async () => {
    const itinerario = unItinerario(unLeg('BOG-MIA'), unLeg('MIA-JFK', 2))
    const { id } = await invitado.unaReserva(unPedido({ itinerarios: [itinerario, itinerario] }))
    const { itinerarios } = (await invitado.reserva(id)).json<ReservaJson>()
    assert.equal(itinerarios.length, 2)
    assert.deepEqual(itinerarios[0], itinerarios[1])
    assert.equal(itinerarios[0]?.odos[0]?.segmentos[0]?.legs.length, 2)
  })
})

test('el código de un aeropuerto admite un nombre ausente o null', () =>
  cuando(() =>
    invitado.reservar(unPedidoDe(unLeg('BOG-JFK', 0, { origen: { codigo: 'BOG' }, destino: { ...unAeropuerto('JFK'), nombre: null } }))),
  ).entonces(responde(200)))
