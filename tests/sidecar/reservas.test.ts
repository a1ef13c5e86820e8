import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { llamar, metadatos } from 'sidecar/llamar.ts'
import { deTexto } from 'sidecar/vuelos/fechas.ts'
import { type Api, abrirApi, CLAVE } from '../apoyo/api.ts'
import { dentroDe } from '../apoyo/ofertas.ts'
import { hora, unLeg, unPedido } from '../apoyo/pedidos.ts'
import { abrirSidecar, enMensaje, type SidecarDePrueba, todo } from '../apoyo/sidecar.ts'

let api: Api
let sidecar: SidecarDePrueba
before(async () => {
  api = await abrirApi()
  sidecar = await abrirSidecar({ api: api.url })
})
after(async () => {
  await sidecar.cerrar()
  await api.cerrar()
})

const como = (id: string, mas: Readonly<Record<string, string>> = {}) =>
  metadatos({ 'x-actor': firmarActor(CLAVE, { id, rol: 'viajero' }, Date.now() + 60_000), ...mas })

/** Dos itinerarios; el primero, con dos odos, el primero de ellos con dos segmentos, el primero de ellos con dos legs. */
const ANIDADO = unPedido({
  itinerarios: [
    {
      odos: [
        { segmentos: [{ legs: [unLeg('BOG-MIA', 0), unLeg('MIA-JFK', 2)] }, { legs: [unLeg('JFK-BOS', 4)] }] },
        { segmentos: [{ legs: [unLeg('BOS-BOG', 50)] }] },
      ],
    },
    { odos: [{ segmentos: [{ legs: [unLeg('BOG-MDE', 80)] }] }] },
  ],
})

test('B51 cada itinerario, odo, segmento y leg llega a la API y vuelve, en su orden y con sus horas', async () => {
  const pedido = enMensaje(ANIDADO)
  const { mensaje, reserva } = await llamar(sidecar.cliente, 'crearReserva', pedido)
  assert.equal(mensaje, 'OK')
  const sinAdornos = reserva?.itinerarios.map(({ odos }) =>
    odos.map(({ segmentos }) =>
      segmentos.map(({ legs }) => legs.map((leg) => [leg.origen?.codigo, leg.destino?.codigo, leg.fecha_salida, leg.fecha_llegada])),
    ),
  )
  const horas = (salida: number) => [deTexto(hora(salida)), deTexto(hora(salida + 1))]
  assert.deepEqual(sinAdornos, [
    [
      [
        [
          ['BOG', 'MIA', ...horas(0)],
          ['MIA', 'JFK', ...horas(2)],
        ],
        [['JFK', 'BOS', ...horas(4)]],
      ],
      [[['BOS', 'BOG', ...horas(50)]]],
    ],
    [[[['BOG', 'MDE', ...horas(80)]]]],
  ])
})

test('B52 una reserva se consulta por su identificador y es la misma que respondió al crearse', async () => {
  const creada = await llamar(sidecar.cliente, 'crearReserva', enMensaje(ANIDADO))
  assert.deepEqual(await llamar(sidecar.cliente, 'consultarReserva', { id: creada.reserva?.id ?? '' }), creada)
  assert.equal(creada.reserva?.estado, 'PENDIENTE')
})

test('B54 un instante es el mismo en el mensaje, en la API y al volver, también con otra hora local y antes de 1970', async () => {
  const zona = process.env.TZ
  process.env.TZ = 'America/Bogota'
  try {
    for (const [salida, llegada] of [
      ['2022-11-22T13:10:00Z', '2022-11-22T15:10:00Z'],
      ['1969-12-31T23:59:58Z', '1970-01-01T00:00:01Z'],
      ['2024-02-29T23:00:00Z', '2024-03-01T04:00:00Z'],
    ] as const) {
      const pedido = unPedido({
        itinerarios: [{ odos: [{ segmentos: [{ legs: [{ ...unLeg(), fecha_salida: salida, fecha_llegada: llegada }] }] }] }],
      })
      const { reserva } = await llamar(sidecar.cliente, 'crearReserva', enMensaje(pedido))
      const leg = reserva?.itinerarios[0]?.odos[0]?.segmentos[0]?.legs[0]
      assert.deepEqual(leg?.fecha_salida, { seconds: BigInt(Date.parse(salida) / 1_000), nanos: 0 })
      assert.deepEqual(leg?.fecha_llegada, { seconds: BigInt(Date.parse(llegada) / 1_000), nanos: 0 })
      const porHttp = (await api.invitado.reserva(reserva?.id ?? '')).json<{ itinerarios: typeof pedido.itinerarios }>()
      assert.deepEqual(porHttp.itinerarios[0]?.odos[0]?.segmentos[0]?.legs[0]?.fecha_salida, salida)
    }
  } finally {
    process.env.TZ = zona
    if (zona === undefined) delete process.env.TZ
  }
})

test('los comandos dan una operación que se observa hasta que termina, bien o con su regla', async () => {
  const { cliente } = sidecar
  const metadata = como('viajero-grpc')
  const operacion = await llamar(cliente, 'crearReservaComando', enMensaje(), { metadata })
  assert.deepEqual([operacion.comando, operacion.estado], ['CrearReserva', 'ACEPTADA'])
  const observar = async (id: string) => (await todo(cliente.observarOperacion({ id }, metadata))).at(-1)
  const creada = await observar(operacion.id)
  assert.deepEqual([creada?.estado, creada?.eventos, creada?.id_reserva], ['COMPLETADA', ['ReservaCreada'], operacion.id_reserva])
  const id = operacion.id_reserva
  for (const [metodo, evento] of [
    ['aprobarReserva', 'ReservaAprobada'],
    ['pagarReserva', 'ReservaPagada'],
  ] as const)
    assert.deepEqual((await observar((await llamar(cliente, metodo, { id }, { metadata })).id))?.eventos, [evento])
  const otra = await observar((await llamar(cliente, 'pagarReserva', { id }, { metadata })).id)
  assert.deepEqual(
    [otra?.estado, otra?.error],
    [
      'FALLIDA',
      { codigo: 'TransicionValida', error: 'TransicionValida - La reserva ya está pagada', detalle: 'La reserva ya está pagada' },
    ],
  )
})

test('cancelar lleva su motivo, y la reserva lo dice', async () => {
  const { reserva } = await llamar(sidecar.cliente, 'crearReserva', enMensaje())
  const id = reserva?.id ?? ''
  const { id: operacion } = await llamar(sidecar.cliente, 'cancelarReserva', { id, motivo: 'cliente' })
  await todo(sidecar.cliente.observarOperacion({ id: operacion }))
  const cancelada = (await llamar(sidecar.cliente, 'consultarReserva', { id })).reserva
  assert.deepEqual([cancelada?.estado, cancelada?.motivo], ['CANCELADA', 'cliente'])
})

test('la lista trae todas las del que pregunta, más nuevas primero, aunque la API las dé por páginas; y sólo las suyas', async () => {
  const metadata = como('viajero-lista')
  const creadas: string[] = []
  for (let i = 0; i < 53; i++) creadas.unshift((await llamar(sidecar.cliente, 'crearReserva', enMensaje(), { metadata })).reserva?.id ?? '')
  const filtro = { estado: 'ESTADO_RESERVA_DESCONOCIDO', sin_pagar: false } as const
  const ids = (await todo(sidecar.cliente.listarReservas(filtro, metadata))).map(({ id }) => id)
  assert.deepEqual(ids, creadas)
  assert.deepEqual(await todo(sidecar.cliente.listarReservas({ ...filtro, estado: 'PAGADA' }, metadata)), [])
  assert.equal((await todo(sidecar.cliente.listarReservas({ ...filtro, sin_pagar: true }, metadata))).length, 53)
  assert.deepEqual(await todo(sidecar.cliente.listarReservas(filtro)), [])
})

const BUSQUEDA = {
  origen: 'BOG',
  destino: 'MDE',
  fecha: dentroDe(40),
  clase: 'CLASE_DESCONOCIDA',
  orden: 'BARATO',
  moneda: 'USD',
  tamano_pagina: 2,
} as const

test('una oferta se busca, se pasa de página y se reserva, con su precio en unidades menores', async () => {
  const primera = await llamar(sidecar.cliente, 'buscarItinerarios', BUSQUEDA)
  const [oferta] = primera.itinerarios
  assert.equal(primera.itinerarios.length, 2)
  assert.ok(primera.siguiente)
  const segunda = await llamar(sidecar.cliente, 'buscarItinerarios', { ...BUSQUEDA, token_pagina: primera.siguiente })
  assert.notEqual(segunda.itinerarios[0]?.id_oferta, oferta?.id_oferta)
  const { reserva } = await llamar(sidecar.cliente, 'crearReserva', {
    ...enMensaje({ itinerarios: [] }),
    id_oferta: oferta?.id_oferta,
    pasajeros: [{ nombre: 'Ana', apellido: 'Ríos', tipo: 'ADULTO', clase: 'CLASE_DESCONOCIDA' }],
    contacto: { nombre: 'Ana Ríos', correo: 'ana@example.com', idioma: 'es' },
  })
  assert.deepEqual(reserva?.precio, oferta?.precio)
  assert.equal(reserva?.precio?.moneda, 'USD')
  assert.deepEqual(reserva?.condiciones, oferta?.condiciones)
  assert.match(reserva?.localizador ?? '', /^[A-Z]{6}$/)
  assert.match(reserva?.itinerarios[0]?.odos[0]?.segmentos[0]?.legs[0]?.vuelo ?? '', /^[A-Z]{2} \d+$/)
})

test('quien repite con su misma llave recibe la misma reserva; sin llave, otra', async () => {
  const crear = (metadata = metadatos({})) => llamar(sidecar.cliente, 'crearReserva', enMensaje(), { metadata })
  const llave = () => como('viajero-llave', { 'idempotency-key': 'llave-1' })
  const primera = await crear(llave())
  assert.deepEqual(await crear(llave()), primera)
  assert.notEqual((await crear()).reserva?.id, (await crear()).reserva?.id)
})
