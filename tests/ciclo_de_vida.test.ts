import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import type { Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import { abrirApi } from './apoyo/api.ts'
import { publicados } from './apoyo/archivo.ts'
import { cuando, dado, responde, rompe, senala } from './apoyo/frases.ts'

const api = await abrirApi()
after(api.cerrar)
const ana = api.como('ana')

const VERBOS = ['aprobar', 'pagar', 'cancelar'] as const
type Verbo = (typeof VERBOS)[number]
type Estado = ReservaJson['estado']

/** Cómo se llega a cada estado, y a dónde lleva desde ahí cada verbo. Lo que falta no se puede. */
const ESTADOS: readonly Readonly<{ estado: Estado; camino: readonly Verbo[]; pasos: Partial<Record<Verbo, Estado>> }>[] = [
  { estado: 'PENDIENTE', camino: [], pasos: { aprobar: 'APROBADA', cancelar: 'CANCELADA' } },
  { estado: 'APROBADA', camino: ['aprobar'], pasos: { pagar: 'PAGADA', cancelar: 'CANCELADA' } },
  { estado: 'PAGADA', camino: ['aprobar', 'pagar'], pasos: { cancelar: 'CANCELADA' } },
  { estado: 'CANCELADA', camino: ['cancelar'], pasos: {} },
]
const EVENTOS: Readonly<Record<Verbo, string>> = { aprobar: 'ReservaAprobada', pagar: 'ReservaPagada', cancelar: 'ReservaCancelada' }

const reservaTras = async (verbos: readonly Verbo[]): Promise<string> => {
  const { id } = await ana.unaReserva()
  for (const verbo of verbos) await ana.desenlace(await ana[verbo](id))
  return id
}

for (const { estado, camino, pasos } of ESTADOS)
  describe(`una reserva ${estado}`, () => {
    for (const verbo of VERBOS) {
      const siguiente = pasos[verbo]
      if (siguiente !== undefined)
        test(`B10 se puede ${verbo}: queda ${siguiente} y lo anuncia`, async () => {
          const id = await reservaTras(camino)
          const operacion = await ana.desenlace(await ana[verbo](id))
          assert.partialDeepStrictEqual(operacion, { estado: 'completada', eventos: [EVENTOS[verbo]], error: null })
          await cuando(() => ana.reserva(id)).entonces(responde(200, { id, estado: siguiente }))
          assert.equal((await publicados(api, 'eventos-reserva', id)).at(-1), EVENTOS[verbo])
        })
      else
        test(`B10 no se puede ${verbo}: la operación falla con TransicionValida y nada cambia`, async () => {
          const id = await reservaTras(camino)
          const antes = (await ana.reserva(id)).texto
          const { estado: fin, error } = await ana.desenlace(await ana[verbo](id))
          assert.deepEqual([fin, error?.codigo], ['fallida', 'TransicionValida'])
          assert.equal((await ana.reserva(id)).texto, antes)
          assert.equal((await publicados(api, 'eventos-reserva', id)).length, 1 + camino.length)
        })
    }
  })

test('B41 los cambios quedan guardados: la reserva y su lista dicen lo mismo, y la fecha de actualización avanza', async () => {
  const id = await reservaTras(['aprobar', 'pagar'])
  const reserva = (await ana.reserva(id)).json<ReservaJson>()
  assert.equal(reserva.estado, 'PAGADA')
  assert.ok(reserva.fecha_actualizacion >= reserva.fecha_creacion)
  const enLista = (await ana.lista()).json<ReservaJson[]>().find((una) => una.id === id)
  assert.deepEqual(enLista, reserva)
})

test('B12 el estado se escribe igual en la respuesta, la lista, el filtro y el mensaje', async () => {
  const id = await reservaTras(['aprobar'])
  await cuando(() => ana.reserva(id)).entonces(responde(200, { estado: 'APROBADA' }))
  const listadas = (await ana.lista('?estado=APROBADA')).json<ReservaJson[]>()
  assert.deepEqual([...new Set(listadas.map(({ estado }) => estado))], ['APROBADA'])
  assert.ok(listadas.some((una) => una.id === id))
  const mensajes: Mensaje[] = []
  for await (const mensaje of api.sistema.broker.leer({ topico: 'eventos-reserva', desde: 'primero', senal: AbortSignal.timeout(10_000) }))
    if (mensaje.llave === id && mensajes.push(mensaje) === 2) break
  for (const [i, estado] of ['PENDIENTE', 'APROBADA'].entries())
    assert.ok(Buffer.from(mensajes[i]?.datos ?? []).includes(Buffer.concat([Buffer.of(estado.length * 2), Buffer.from(estado)])))
})

describe('cancelar', () => {
  test('guarda el motivo que se da', () =>
    dado(ana.unaReserva())
      .cuando(async ({ id }) => {
        await ana.desenlace(await ana.cancelar(id, { cuerpo: { motivo: 'Cambio de planes' } }))
        return ana.reserva(id)
      })
      .entonces(responde(200, { estado: 'CANCELADA', motivo: 'Cambio de planes' })))

  test('sin motivo dice que fue a pedido del viajero', () =>
    dado(ana.unaReserva())
      .cuando(async ({ id }) => {
        await ana.desenlace(await ana.cancelar(id))
        return ana.reserva(id)
      })
      .entonces(responde(200, { estado: 'CANCELADA', motivo: 'Cancelada a pedido del viajero' })))

  for (const motivo of ['', 'x'.repeat(501), 7])
    test(`con un motivo que no lo es (${String(motivo).slice(0, 3)}) es 422`, () =>
      dado(ana.unaReserva())
        .cuando(({ id }) => ana.cancelar(id, { cuerpo: { motivo } }))
        .entonces(({ estado }) => assert.equal(estado, 422)))
})

test('dos que piden lo mismo a la vez: uno lo hace y al otro se le dice que ya está hecho', async () => {
  const { id } = await ana.unaReserva()
  const operaciones = await Promise.all((await Promise.all([ana.aprobar(id), ana.aprobar(id), ana.aprobar(id)])).map(ana.desenlace))
  assert.deepEqual(operaciones.map(({ estado }) => estado).toSorted(), ['completada', 'fallida', 'fallida'])
  assert.deepEqual(await publicados(api, 'eventos-reserva', id), ['ReservaCreada', 'ReservaAprobada'])
})

test('lo pedido se cumple en el orden en que se pidió', async () => {
  const { id } = await ana.unaReserva()
  const pedidas = [await ana.aprobar(id), await ana.pagar(id), await ana.cancelar(id)]
  for (const pedida of pedidas) assert.equal((await ana.desenlace(pedida)).estado, 'completada')
})

test('las reglas que no dependen de lo guardado se dicen al pedir, no después', () =>
  cuando(() => ana.reservarDespues({ itinerarios: [] })).entonces(rompe('MinimoUnItinerario')))

test('un filtro que no existe es 422', () =>
  cuando(() => ana.lista('?estado=pendiente')).entonces(senala('parametros_invalidos', '/estado')))
