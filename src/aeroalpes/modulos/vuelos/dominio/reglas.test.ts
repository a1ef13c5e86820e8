import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import { HORA, INICIO, unAeropuerto, unItinerario, unLeg, unOdo, unPasajero, unSegmento, unVuelo } from '../pruebas/constructores.ts'
import type { Itinerario, Leg } from './objetos_valor.ts'
import { type Pedido, validarNueva } from './reglas.ts'

const pedido = (cambios: Partial<Pedido> = {}): Pedido => ({ itinerarios: [unItinerario()], pasajeros: [], ...cambios })
const conItinerario = (itinerario: Itinerario): Pedido => pedido({ itinerarios: [unItinerario(), itinerario] })
const conLegs = (...legs: readonly Leg[]): Pedido => conItinerario(unItinerario(unOdo(unSegmento(), unSegmento(...legs))))

/** `Nombre - frase`, como la ven los clientes del tutorial. */
const rompe = (elPedido: Pedido, esperado: string) =>
  assert.throws(
    () => validarNueva(elPedido),
    (error) => error instanceof ErrorDominio && error.clase === 'regla' && `${error.codigo} - ${error.message}` === esperado,
    esperado,
  )

const cumple = (elPedido: Pedido) => assert.doesNotThrow(() => validarNueva(elPedido))

test('un pedido completo cumple todas las reglas', () => cumple(pedido()))

test('MinimoUnItinerario dice la frase del tutorial', () =>
  rompe(pedido({ itinerarios: [] }), 'MinimoUnItinerario - La lista de itinerarios debe tener al menos un itinerario'))

test('B04 un leg no llega al aeropuerto del que sale, se llame como se llame y se escriba como se escriba', () => {
  const mensaje = 'RutaValida - La ruta propuesta es incorrecta'
  rompe(conLegs(unLeg({ destino: unAeropuerto('BOG') })), mensaje)
  rompe(conLegs(unLeg({ destino: { codigo: 'BOG', nombre: 'Otro nombre' } })), mensaje)
  rompe(conLegs(unLeg({ destino: { codigo: 'bog', nombre: null } })), mensaje)
  cumple(conLegs(unLeg({ destino: { codigo: 'MDE', nombre: unAeropuerto('BOG').nombre } })))
})

test('B05 un leg sale antes de llegar', () => {
  const mensaje = 'SalidaAntesDeLlegada - Cada leg debe salir antes de llegar'
  rompe(conLegs(unLeg({ fecha_llegada: INICIO - 1 })), mensaje)
  rompe(conLegs(unLeg({ fecha_llegada: INICIO })), mensaje)
  rompe(conLegs(unLeg({ fecha_llegada: Number.NaN })), mensaje)
  cumple(conLegs(unLeg({ fecha_llegada: INICIO + 1 })))
})

test('B05 los legs de un segmento se conectan en el lugar y en el tiempo', () => {
  const mensaje =
    'LegsConectados - Cada leg de un segmento debe salir del aeropuerto al que llegó el anterior, y después de que este llegue'
  rompe(conLegs(unVuelo('BOG-MIA', 0), unVuelo('MDE-JFK', 2)), mensaje)
  rompe(conLegs(unVuelo('BOG-MIA', 0), unVuelo('MIA-JFK', 0.5)), mensaje)
  rompe(conLegs(unVuelo('BOG-MIA', 5), unVuelo('MIA-JFK', 2)), mensaje)
  rompe(conLegs(unVuelo('BOG-MDE', 0), unVuelo('MDE-MIA', 2), unVuelo('MDE-JFK', 4)), mensaje)
  cumple(conLegs(unVuelo('BOG-MIA', 0), unVuelo('MIA-JFK', 1)))
  cumple(conLegs(unVuelo('BOG-MDE', 0), unVuelo('MDE-MIA', 2), unVuelo('MIA-JFK', 4)))
})

test('LegsConectados sólo mira dentro de cada segmento', () =>
  cumple(conItinerario(unItinerario(unOdo(unSegmento(unVuelo('BOG-MIA', 9)), unSegmento(unVuelo('MDE-JFK', 0)))))))

test('B06 ningún itinerario, odo o segmento está vacío', () => {
  rompe(conItinerario({ odos: [] }), 'ItinerarioConOdos - Cada itinerario debe tener al menos un odo')
  rompe(conItinerario(unItinerario(unOdo(), { segmentos: [] })), 'OdoConSegmentos - Cada odo debe tener al menos un segmento')
  rompe(conItinerario(unItinerario(unOdo(unSegmento(), { legs: [] }))), 'SegmentoConLegs - Cada segmento debe tener al menos un leg')
})

test('MinimoUnAdulto vale sólo cuando se dan pasajeros', () => {
  const menor = unPasajero({ tipo: 'MENOR' })
  rompe(
    pedido({ pasajeros: [menor, unPasajero({ tipo: 'INFANTE' })] }),
    'MinimoUnAdulto - Al menos un adulto debe ser parte del itinerario',
  )
  cumple(pedido({ pasajeros: [menor, unPasajero()] }))
  cumple(pedido({ pasajeros: [] }))
})

test('de varias reglas rotas se informa siempre la misma: antes lo que falta, después cada leg, las conexiones y los pasajeros', () => {
  const redondo = unLeg({ destino: unAeropuerto('BOG'), fecha_llegada: INICIO - HORA })
  const pasajeros = [unPasajero({ tipo: 'MENOR' })]
  const primera = (elPedido: Pedido): string => {
    try {
      validarNueva({ ...elPedido, pasajeros })
      return 'ninguna'
    } catch (error) {
      return error instanceof ErrorDominio ? error.codigo : String(error)
    }
  }
  const vacio: Itinerario = { odos: [] }
  assert.equal(primera(conLegs(redondo)), 'RutaValida')
  assert.equal(primera(conLegs(unLeg({ fecha_llegada: 0 }), redondo)), 'RutaValida')
  assert.equal(primera(conLegs(unLeg({ fecha_llegada: 0 }), unLeg())), 'SalidaAntesDeLlegada')
  assert.equal(primera(conLegs(unLeg(), unLeg())), 'LegsConectados')
  assert.equal(primera(pedido({ itinerarios: [...conLegs(redondo).itinerarios, vacio] })), 'ItinerarioConOdos')
  assert.equal(primera(pedido({ itinerarios: [unItinerario({ segmentos: [] }), vacio] })), 'ItinerarioConOdos')
  assert.equal(primera(pedido({ itinerarios: [] })), 'MinimoUnItinerario')
  assert.equal(primera(pedido()), 'MinimoUnAdulto')
})

test('B36 B37 dos itinerarios iguales en un pedido son dos', () => cumple(pedido({ itinerarios: [unItinerario(), unItinerario()] })))

test('las fechas pasadas se aceptan: los ejemplos del tutorial son de 2022', () =>
  cumple(conLegs(unLeg({ fecha_salida: 0, fecha_llegada: 1 }))))
