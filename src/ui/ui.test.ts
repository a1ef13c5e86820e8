import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import { abrirApi } from '../../tests/apoyo/api.ts'
import { abrirBroker, unEvento, unFinal } from '../../tests/apoyo/broker.ts'
import { abrirPagina, abrirUi, deEvento, escuchar, navegador, type Trama } from '../../tests/apoyo/ui.ts'
import { leerSesion } from './web/sesion.ts'

const api = await abrirApi()
const ui = await abrirUi({ broker: api.sistema.broker, api: api.url })
const otra = await abrirUi({ broker: api.sistema.broker, api: api.url })
after(async () => {
  await Promise.all([ui.cerrar(), otra.cerrar()])
  await api.cerrar()
})

type Aceptada = Readonly<{ id_operacion: string; id_reserva: string }>

const final = (id_operacion: string) => (trama: Trama) => trama.operacion?.id_operacion === id_operacion

test('el desenlace de un comando llega a quien lo pidió, y a nadie más', async () => {
  const [ana, beto] = [await navegador(ui), await navegador(ui)]
  const [deAna, deBeto] = [await escuchar(ui, ana), await escuchar(ui, beto)]
  const una = (await ana.api.reservarDespues()).json<Aceptada>()
  const dos = (await beto.api.reservarDespues()).json<Aceptada>()
  for (const [oyente, { id_operacion, id_reserva }] of [
    [deAna, una],
    [deBeto, dos],
  ] as const) {
    await oyente.cuando('su operación', (tramas) => tramas.some(final(id_operacion)))
    await oyente.cuando('su reserva', (tramas) => tramas.some(deEvento('ReservaCreada', id_reserva)))
    assert.deepEqual(new Set(oyente.avisos().map(({ data }) => data?.id_reserva)), new Set([id_reserva]))
    assert.equal(oyente.avisos().length, 2)
  }
  const creada = deAna.avisos().find(deEvento('ReservaCreada'))
  assert.deepEqual(Object.keys(creada?.data ?? {}), ['id_reserva', 'id_cliente', 'estado', 'fecha_creacion'])
  assert.partialDeepStrictEqual(creada, { data: { id_cliente: 'None', estado: 'PENDIENTE' }, id_operacion: una.id_operacion })
  const operacion = deAna.avisos().find(deEvento('OperacionTerminada'))
  assert.partialDeepStrictEqual(operacion, {
    data: { id_reserva: una.id_reserva, id_cliente: 'None', estado: 'completada', fecha_creacion: null },
    operacion: { id_operacion: una.id_operacion, comando: 'CrearReserva', estado: 'completada', codigo: null, error: null },
  })
  deAna.enchufe.close()
  deBeto.enchufe.close()
})

test('la aprobación de un operador llega al dueño, en las dos interfaces que tiene abiertas', async () => {
  const ana = await navegador(ui)
  const oyentes = [await escuchar(ui, ana), await escuchar(otra, ana)]
  const { id_reserva } = (await ana.api.reservarDespues()).json<Aceptada>()
  await oyentes[0]?.cuando('creada', (tramas) => tramas.some(deEvento('ReservaCreada', id_reserva)))
  await api.operador.aprobar(id_reserva)
  for (const oyente of oyentes) {
    await oyente.cuando('aprobada', (tramas) => tramas.some(deEvento('ReservaAprobada', id_reserva)))
    assert.equal(oyente.avisos().filter(deEvento('ReservaAprobada')).length, 1)
    oyente.enchufe.close()
  }
})

test('quien conoce una reserva de invitado la sigue; la de un cliente, no', async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  const sola = await abrirUi({ broker })
  const oyente = await escuchar(sola, { consulta: '?reserva=r-invitado&reserva=r-cliente&reserva=fin' })
  await oyente.cuando('inicio', (tramas) => tramas.length > 0)
  await publicar(
    unEvento('ReservaCreada', 'r-cliente', { actor: 'viajero:cliente-7', propietario: 'cliente-7' }),
    unFinal('PagarReserva', 'r-cliente', { actor: 'viajero:cliente-7' }),
    unEvento('ReservaCreada', 'r-invitado', { actor: 'viajero:sesion-x', propietario: 'sesion-x' }),
    unFinal('PagarReserva', 'r-invitado', { actor: 'viajero:sesion-y' }),
    unEvento('ReservaCreada', 'r-ajena'),
    unEvento('ReservaCreada', 'fin'),
    unFinal('X', 'fin'),
  )
  await oyente.cuando('el fin', (tramas) => tramas.filter((trama) => trama.data?.id_reserva === 'fin').length === 2)
  const vistas = oyente.avisos().map(({ data, evento }) => `${data?.id_reserva} ${evento}`)
  assert.deepEqual(vistas.toSorted(), [
    'fin OperacionTerminada',
    'fin ReservaCreada',
    'r-invitado OperacionTerminada',
    'r-invitado ReservaCreada',
  ])
  assert.equal(JSON.stringify(oyente.tramas).includes('sesion-'), false)
  await sola.cerrar()
  await cerrar()
})

test('B57 cada evento llega a todos los navegadores de su dueño y a todos los procesos, aunque uno no lea', async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  const procesos = [await abrirUi({ broker }), await abrirUi({ broker })]
  const cookie = await abrirPagina(procesos[0] ?? ui)
  const propietario = leerSesion({ cookie }, false)?.id ?? ''
  const oyentes = await Promise.all(procesos.flatMap((proceso) => [1, 2, 3].map(() => escuchar(proceso, { cookie }))))
  oyentes[0]?.enchufe.pause()
  const ids = Array.from({ length: 50 }, (_, i) => `r-${i}`)
  for (const id of ids) await publicar(unEvento('ReservaCreada', id, { propietario }))
  for (const oyente of oyentes.slice(1)) {
    await oyente.cuando('todas', () => oyente.avisos().length === 50)
    assert.deepEqual(
      oyente.avisos().map(({ data }) => data?.id_reserva),
      ids,
    )
  }
  oyentes[0]?.enchufe.resume()
  await oyentes[0]?.cuando('todas', (tramas) => tramas.length === 51)
  await Promise.all(procesos.map((proceso) => proceso.cerrar()))
  await cerrar()
})

test('B58 sin broker al arrancar la interfaz atiende, lo dice, y entrega en cuanto lo hay', async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  let hay = false
  // biome-ignore lint/correctness/useYield: no hay broker, así que no da nada.
  const nada = async function* (): AsyncGenerator<never> {
    throw new Error('connect ECONNREFUSED')
  }
  const intermitente: Pick<Broker, 'leer'> = { leer: (lectura) => (hay ? broker.leer(lectura) : nada()) }
  const sola = await abrirUi({ broker: intermitente })
  const cookie = await abrirPagina(sola)
  const lista = async () => ((await (await fetch(`${sola.url}/health/ready`)).json()) as { broker: boolean }).broker
  while (await lista());
  const oyente = await escuchar(sola, { cookie })
  assert.equal((await fetch(`${sola.url}/health`)).status, 200)
  assert.deepEqual(oyente.tramas, [])
  hay = true
  await oyente.cuando('inicio', (tramas) => tramas.length > 0)
  assert.partialDeepStrictEqual(oyente.tramas, [{ control: 'inicio', recuperado: false }])
  await publicar(unEvento('ReservaCreada', 'r-1', { propietario: leerSesion({ cookie }, false)?.id ?? '' }))
  await oyente.cuando('su evento', () => oyente.avisos().length === 1)
  hay = false
  await sola.cerrar()
  await cerrar()
})

test('un mensaje que no se entiende no detiene a los demás', async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  const sola = await abrirUi({ broker })
  const oyente = await escuchar(sola, { consulta: '?reserva=r-1' })
  await oyente.cuando('inicio', (tramas) => tramas.length > 0)
  const bueno = unEvento('ReservaCreada', 'r-1')
  await publicar(
    { ...bueno, id: 'roto', datos: Buffer.from('ff', 'hex') },
    { ...bueno, id: 'desnudo', propiedades: {}, datos: Buffer.alloc(0) },
    bueno,
  )
  await oyente.cuando('el bueno', () => oyente.avisos().length === 1)
  assert.equal(sola.lineas.filter(({ mensaje }) => mensaje === 'roto' || mensaje === 'desnudo').length, 2)
  await sola.cerrar()
  await cerrar()
})

test('un mensaje como los del tutorial, sin propiedades, también llega', async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  const sola = await abrirUi({ broker })
  const oyente = await escuchar(sola, { consulta: '?reserva=ad03c34f-6448-43b2-850e-66d0da362fe4' })
  await oyente.cuando('inicio', (tramas) => tramas.length > 0)
  const hex =
    '02024861643033633334662d363434382d343362322d383530652d36366430646133363266653402084e6f6e65021250454e4449454e544502c4eea4f5c068'
  const datos = Buffer.from(hex, 'hex')
  await publicar({ topico: 'eventos-reserva', id: 'tutorial-1', llave: null, datos, propiedades: {} })
  await oyente.cuando('llega', () => oyente.avisos().length === 1)
  assert.partialDeepStrictEqual(oyente.avisos()[0], {
    data: { id_cliente: 'None', estado: 'PENDIENTE' },
    evento: 'ReservaCreada',
    id_operacion: null,
  })
  await sola.cerrar()
  await cerrar()
})

test('UI_EMITIR_TODO: cada evento a todos, exactamente como en el tutorial; lo de las operaciones sigue siendo de su dueño', async () => {
  const { broker, publicar, cerrar } = await abrirBroker()
  const clase = await abrirUi({ broker, opciones: { emitirTodo: true } })
  const [alumno, pagina] = [await escuchar(clase), await escuchar(clase, { cookie: await abrirPagina(clase) })]
  await pagina.cuando('inicio', (tramas) => tramas.length > 0)
  await publicar(
    unFinal('CrearReserva', 'r-1', { actor: 'viajero:sesion-z' }),
    unEvento('ReservaCreada', 'r-1', { propietario: 'sesion-z' }),
    unEvento('ReservaPagada', 'r-2'),
  )
  await alumno.cuando('dos', (tramas) => tramas.length === 2)
  const data = { id_cliente: 'None', estado: 'PENDIENTE', fecha_creacion: 1_669_122_600_000 }
  assert.deepEqual(alumno.tramas, [{ data: { id_reserva: 'r-1', ...data } }, { data: { id_reserva: 'r-2', ...data } }])
  await pagina.cuando('las dos', () => pagina.avisos().length === 2)
  assert.deepEqual(
    pagina.avisos().map(({ evento }) => evento),
    ['ReservaCreada', 'ReservaPagada'],
  )
  await clase.cerrar()
  await cerrar()
})

test('al detenerse despide con 1012 a quien escucha', async () => {
  const { broker, cerrar } = await abrirBroker()
  const sola = await abrirUi({ broker })
  const oyentes = [await escuchar(sola), await escuchar(sola)]
  await sola.cerrar()
  assert.deepEqual(await Promise.all(oyentes.map(({ cerrado }) => cerrado)), [1012, 1012])
  await cerrar()
})
