import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { EventoReserva } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { EventosReserva } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'
import type { Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import { abrirApi, abrirApiPorPartes } from './apoyo/api.ts'
import { filas } from './apoyo/archivo.ts'
import type { Cliente } from './apoyo/cliente.ts'
import { cuando, esProblema, lleva, responde, senala } from './apoyo/frases.ts'
import { hastaQue, publicar } from './apoyo/hechos.ts'
import { consumidorRetenido } from './apoyo/retenido.ts'

type Linea = Readonly<{ id_reserva: string; estado: string; version: number; fecha: string }>

const api = await abrirApi()
after(api.cerrar)

const lineasDe = async (quien: Cliente): Promise<Linea[]> => (await quien.historial()).json<Linea[]>()
const lineaDe = async (quien: Cliente, id: string) => (await lineasDe(quien)).find(({ id_reserva }) => id_reserva === id)

/** La línea de una reserva cuando llega a esa versión. */
const lineaEn = (quien: Cliente, id: string, version: number): Promise<Linea> =>
  hastaQue(`el historial de ${id} llega a la versión ${version}`, async () => {
    const linea = await lineaDe(quien, id)
    return linea?.version === version && linea
  })

const MARCA = '0190163d-8694-739b-aea5-000000000001'

/** Un evento de una reserva, como lo publica quien lo escribe en el tópico. */
const unEvento = (
  tipo: EventoReserva['tipo'],
  { id_mensaje, ...data }: { id_mensaje: string; id_reserva: string; id_cliente: string; estado: string; version: number | null },
): Mensaje =>
  EventosReserva.escribir({
    tipo,
    data: { ...data, fecha_creacion: 1_669_122_600_000, fecha_actualizacion: 1_669_122_600_000, motivo: null },
    atributos: {
      id: id_mensaje,
      instante: 1_669_122_600_000,
      sujeto: data.id_reserva,
      correlacion: 'c',
      causa: 'c',
      actor: 'servicio:pruebas',
      propietario: data.id_cliente,
    },
  })

describe('ReservaCreada', () => {
  test('B30 está en el historial con el mismo commit que la reserva: no hay que esperar a nadie', async (t) => {
    const eventos = consumidorRetenido('eventos-reserva')
    const retenida = await abrirApiPorPartes({ broker: eventos.broker, alCerrar: eventos.soltar })
    t.after(retenida.cerrar)
    const ana = retenida.como('ana')
    const { id, fecha_creacion } = await ana.unaReserva()
    assert.deepEqual(await lineasDe(ana), [{ id_reserva: id, estado: 'PENDIENTE', version: 1, fecha: fecha_creacion }])
  })

  test('B30 si la reserva no se guarda, lo que otro módulo hizo al enterarse tampoco', async (t) => {
    t.after(() => armarCaida())
    const ana = api.como('ana-nada')
    const antes = await filas(api)
    armarCaida((nombre) => {
      if (nombre === 'outbox.despues_de_escribir') throw new Error('se fue la luz')
    })
    await cuando(() => ana.reservar()).entonces(esProblema(500, 'error_interno'))
    armarCaida()
    assert.deepEqual(await filas(api), antes)
    assert.deepEqual(await lineasDe(ana), [])
  })
})

describe('los otros tres eventos', () => {
  test('B46 llegan por eventos-reserva: el historial sigue a la reserva hasta su último estado', async () => {
    const ana = api.como('ana-sigue')
    const { id } = await ana.unaReserva()
    for (const [verbo, estado, version] of [
      ['aprobar', 'APROBADA', 2],
      ['pagar', 'PAGADA', 3],
      ['cancelar', 'CANCELADA', 4],
    ] as const) {
      await ana.desenlace(await ana[verbo](id))
      assert.equal((await lineaEn(ana, id, version)).estado, estado)
    }
    assert.equal((await lineasDe(ana)).length, 1)
  })

  test('mientras nadie los consume el historial se queda donde estaba, y al volver se pone al día en orden', async (t) => {
    const eventos = consumidorRetenido('eventos-reserva')
    const retenida = await abrirApiPorPartes({ broker: eventos.broker, alCerrar: eventos.soltar })
    t.after(retenida.cerrar)
    const ana = retenida.como('ana')
    const { id } = await ana.unaReserva()
    for (const verbo of ['aprobar', 'pagar'] as const) await ana.desenlace(await ana[verbo](id))
    assert.equal((await lineaDe(ana, id))?.estado, 'PENDIENTE')
    eventos.soltar()
    assert.equal((await lineaEn(ana, id, 3)).estado, 'PAGADA')
  })

  test('uno repetido no hace nada, con su identificador o con otro; uno viejo que llega tarde, tampoco', async () => {
    const [ana, testigo] = [api.como('ana-repite'), api.como('testigo')]
    const { id } = await ana.unaReserva()
    await ana.desenlace(await ana.aprobar(id))
    await ana.desenlace(await ana.cancelar(id))
    const antes = await lineaEn(ana, id, 3)
    const suyo = { id_reserva: id, id_cliente: 'ana-repite' }
    const vieja = unEvento('ReservaAprobada', { ...suyo, id_mensaje: 'vieja', estado: 'APROBADA', version: 2 })
    const igual = unEvento('ReservaCancelada', { ...suyo, id_mensaje: 'igual', estado: 'OTRO', version: 3 })
    const sinVersion = unEvento('ReservaCreada', { ...suyo, id_mensaje: 'sin-version', estado: 'PENDIENTE', version: null })
    const ultima = { id_reserva: MARCA, id_cliente: 'testigo', estado: 'PENDIENTE', version: 1 }
    await publicar(api, vieja, vieja, igual, igual, sinVersion, { ...unEvento('ReservaCreada', { ...ultima, id_mensaje: 'm' }), llave: id })
    await lineaEn(testigo, MARCA, 1)
    assert.deepEqual(await lineaDe(ana, id), antes)
  })
})

describe('la consulta', () => {
  test('cada quien ve lo suyo, más nuevo primero; un invitado o un operador no tienen historial', async () => {
    const [ana, beto] = [api.como('ana-lee'), api.como('beto-lee')]
    const [una, otra] = [await ana.unaReserva(), await ana.unaReserva()]
    await beto.unaReserva()
    assert.deepEqual(
      (await lineasDe(ana)).map(({ id_reserva }) => id_reserva),
      [otra.id, una.id],
    )
    for (const quien of [api.invitado, api.operador]) assert.deepEqual(await lineasDe(quien), [])
  })

  test('se recorre por páginas', async () => {
    const ana = api.como('ana-hojea')
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.unshift((await ana.unaReserva()).id)
    const primera = await cuando(() => ana.historial('?tamano_pagina=2')).seObtiene(responde(200), lleva('link', /rel="next"$/))
    const camino = /<([^>]+)>/.exec(primera.cabeceras.get('link') ?? '')?.[1] ?? ''
    const segunda = await cuando(() => ana.pedir('GET', camino)).seObtiene(responde(200), lleva('link', null))
    const vistas = [...primera.json<Linea[]>(), ...segunda.json<Linea[]>()]
    assert.deepEqual(
      vistas.map(({ id_reserva }) => id_reserva),
      ids,
    )
    await cuando(() => ana.historial('?token_pagina=x')).entonces(senala('token_invalido', '/token_pagina'))
  })
})
