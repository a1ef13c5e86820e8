import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mismaEntidad } from 'seedwork/dominio/entidades.ts'
import type { Texto } from 'seedwork/dominio/errores.ts'
import { dado, falla, ocurre, queda } from 'seedwork/pruebas/dado.ts'
import { ESTADOS, HORA, INICIO, MINUTO, unaReserva, unItinerario, unPasajero } from '../pruebas/constructores.ts'
import { aprobar, cancelar, crear, pagar, type Reserva } from './entidades.ts'
import type { EstadoReserva } from './objetos_valor.ts'

const id = '01849f3c-0000-7000-8000-000000000001'
const ahora = INICIO + HORA
const nueva = { id, id_cliente: 'c-1', itinerarios: [unItinerario()], pasajeros: [unPasajero()], ahora }
const motivo = 'Cambio de planes'

const decisiones = {
  APROBADA: (r: Reserva) => aprobar(r, ahora),
  PAGADA: (r: Reserva) => pagar(r, ahora),
  CANCELADA: (r: Reserva) => cancelar(r, ahora, motivo),
} as const

/** Las que se pueden; las demás de las 4×4, no. A PENDIENTE no lleva ninguna decisión. */
const PERMITIDAS: Readonly<Record<EstadoReserva, readonly EstadoReserva[]>> = {
  PENDIENTE: ['APROBADA', 'CANCELADA'],
  APROBADA: ['PAGADA', 'CANCELADA'],
  PAGADA: ['CANCELADA'],
  CANCELADA: [],
}

describe('crear', () => {
  test('una reserva nace PENDIENTE, en la versión 1, con todo lo pedido', () =>
    dado(nueva)
      .cuando(crear)
      .entonces(queda({ estado: 'PENDIENTE', version: 1, id_cliente: 'c-1', itinerarios: nueva.itinerarios, pasajeros: nueva.pasajeros })))

  test('B01 conserva el identificador que le dan, y cada decisión también', () => {
    const creada = crear(nueva).estado
    const cancelada = cancelar(pagar(aprobar(creada, ahora).estado, ahora).estado, ahora, motivo).estado
    assert.deepEqual([creada.id, cancelada.id], [id, id])
  })

  test('B02 B03 sus fechas son el instante que recibe, en UTC, y no el de arranque del proceso', () => {
    dado(nueva)
      .cuando(crear)
      .entonces(queda({ fecha_creacion: ahora, fecha_actualizacion: ahora }))
    dado({ ...nueva, ahora: ahora + 1 })
      .cuando(crear)
      .entonces(queda({ fecha_creacion: ahora + 1, fecha_actualizacion: ahora + 1 }))
  })

  test('B10 el evento lleva el identificador, el cliente y la fecha de la reserva', () =>
    dado(nueva)
      .cuando(crear)
      .entonces(
        ocurre({
          tipo: 'ReservaCreada',
          version: 1,
          data: { id_reserva: id, id_cliente: 'c-1', estado: 'PENDIENTE', fecha_creacion: ahora },
        }),
      ))

  test('B11 la de un cliente lo lleva, y la de un invitado no lleva ninguno', () => {
    dado(nueva)
      .cuando(crear)
      .entonces(queda({ id_cliente: 'c-1' }))
    dado({ ...nueva, id_cliente: null })
      .cuando(crear)
      .entonces(queda({ id_cliente: null }))
  })

  test('un pedido que rompe una regla no llega a ser reserva', () =>
    dado({ ...nueva, itinerarios: [] })
      .cuando(crear)
      .entonces(falla('MinimoUnItinerario')))
})

describe('transiciones', () => {
  for (const desde of ESTADOS) {
    for (const hacia of ['APROBADA', 'PAGADA', 'CANCELADA'] as const) {
      const puede = PERMITIDAS[desde].includes(hacia)
      test(`de ${desde} ${puede ? 'se pasa' : 'no se pasa'} a ${hacia}`, () => {
        const reserva = unaReserva({ estado: desde })
        const siguiente = queda({ estado: hacia, version: reserva.version + 1, fecha_actualizacion: ahora, fecha_creacion: INICIO })
        dado(reserva)
          .cuando(decisiones[hacia])
          .entonces(puede ? siguiente : falla('TransicionValida'))
      })
    }
    test(`de ${desde} ninguna decisión vuelve a PENDIENTE`, () => {
      const alcanzables = PERMITIDAS[desde].map(
        (hacia) => decisiones[hacia as keyof typeof decisiones](unaReserva({ estado: desde })).estado.estado,
      )
      assert.deepEqual(alcanzables, PERMITIDAS[desde])
      assert.ok(!alcanzables.includes('PENDIENTE'))
    })
  }

  test('cada paso deja su fecha', () => {
    dado(unaReserva())
      .cuando(decisiones.APROBADA)
      .entonces(queda({ aprobada_en: ahora }))
    dado(unaReserva({ estado: 'APROBADA' }))
      .cuando(decisiones.PAGADA)
      .entonces(queda({ aprobada_en: INICIO + MINUTO, pagada_en: ahora }))
  })

  test('una cancelada recuerda hasta dónde llegó, cuándo se canceló y por qué', () => {
    const cancelada = { cancelada_en: ahora, motivo }
    const [aprobada_en, pagada_en] = [INICIO + MINUTO, INICIO + 2 * MINUTO]
    dado(unaReserva())
      .cuando(decisiones.CANCELADA)
      .entonces(queda({ ...cancelada, aprobada_en: null, pagada_en: null }))
    dado(unaReserva({ estado: 'APROBADA' }))
      .cuando(decisiones.CANCELADA)
      .entonces(queda({ ...cancelada, aprobada_en, pagada_en: null }))
    dado(unaReserva({ estado: 'PAGADA' }))
      .cuando(decisiones.CANCELADA)
      .entonces(queda({ ...cancelada, aprobada_en, pagada_en }))
  })

  test('el error nombra la regla y dice en qué estado está la reserva', () => {
    const rechazo = (desde: EstadoReserva, hacia: keyof typeof decisiones, texto: Texto) =>
      assert.throws(() => decisiones[hacia](unaReserva({ estado: desde })), { codigo: 'TransicionValida', clase: 'regla', texto })
    rechazo('CANCELADA', 'PAGADA', {
      es: 'La reserva está cancelada y no puede pasar a pagada',
      en: 'The reservation is cancelled and cannot become paid',
    })
    rechazo('APROBADA', 'APROBADA', { es: 'La reserva ya está aprobada', en: 'The reservation is already approved' })
  })
})

describe('eventos', () => {
  const data = { id_reserva: id, id_cliente: 'c-1', fecha_creacion: INICIO, fecha_actualizacion: ahora }
  const base = { id, id_cliente: 'c-1' }

  test('B10 cada evento lleva el identificador y las fechas en su sitio', () => {
    dado(unaReserva(base))
      .cuando(decisiones.APROBADA)
      .entonces(ocurre({ tipo: 'ReservaAprobada', version: 2, data: { ...data, estado: 'APROBADA' } }))
    dado(unaReserva({ ...base, estado: 'APROBADA' }))
      .cuando(decisiones.PAGADA)
      .entonces(ocurre({ tipo: 'ReservaPagada', version: 3, data: { ...data, estado: 'PAGADA' } }))
    dado(unaReserva({ ...base, estado: 'PAGADA' }))
      .cuando(decisiones.CANCELADA)
      .entonces(ocurre({ tipo: 'ReservaCancelada', version: 4, data: { ...data, estado: 'CANCELADA', motivo } }))
  })

  test('B12 el estado del evento es, letra por letra, el de la reserva', () => {
    const desdeDonde = { APROBADA: 'PENDIENTE', PAGADA: 'APROBADA', CANCELADA: 'PAGADA' } as const
    for (const hacia of ['APROBADA', 'PAGADA', 'CANCELADA'] as const) {
      const { estado, eventos } = decisiones[hacia](unaReserva({ estado: desdeDonde[hacia] }))
      assert.deepEqual([estado.estado, ...eventos.map((evento) => evento.data.estado)], [hacia, hacia])
    }
  })

  test('B15 los eventos salen con la decisión y no quedan en la reserva: guardarla dos veces no repite ninguno', () => {
    const { estado, eventos } = crear(nueva)
    assert.equal(eventos.length, 1)
    assert.ok(!('eventos' in estado))
    assert.deepEqual(
      aprobar(estado, ahora).eventos.map(({ tipo }) => tipo),
      ['ReservaAprobada'],
    )
  })
})

test('B14 una reserva es la misma por su identificador, en cualquier estado; con los mismos datos y otro identificador es otra', () => {
  const reserva = crear(nueva).estado
  assert.ok(mismaEntidad(reserva, aprobar(reserva, ahora).estado))
  assert.ok(!mismaEntidad(reserva, crear({ ...nueva, id: 'otro' }).estado))
})

test('B13 los constructores dan una reserva válida de cada estado, y cada nivel sin argumentos', () => {
  for (const estado of ESTADOS) assert.equal(unaReserva({ estado }).estado, estado)
  assert.equal(unaReserva().estado, 'PENDIENTE')
  dado({ ...nueva, itinerarios: unaReserva().itinerarios })
    .cuando(crear)
    .entonces(queda({ itinerarios: [unItinerario()] }))
})
