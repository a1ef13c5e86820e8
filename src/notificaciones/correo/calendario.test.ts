import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hechoDe, paraCorreo, unContacto } from '../pruebas/constructores.ts'
import { calendariosDe } from './calendario.ts'

const campos = (contenido: string): ReadonlyMap<string, string> =>
  new Map(
    contenido
      .replaceAll('\r\n ', '')
      .split('\r\n')
      .map((linea) => [linea.slice(0, linea.search(/[:;]/)), linea.slice(linea.search(/[:;]/) + 1)]),
  )
const primero = (datos = paraCorreo()): string => calendariosDe(datos)[0]?.contenido ?? ''
const de =
  (...nombres: string[]) =>
  (datos = paraCorreo()) =>
    nombres.map((nombre) => campos(primero(datos)).get(nombre))

test('cada vuelo va en su calendario, en UTC', () => {
  assert.deepEqual(
    calendariosDe(paraCorreo()).map(({ contenido }) => [campos(contenido).get('DTSTART'), campos(contenido).get('DTEND')]),
    [
      ['20270102T220000Z', '20270102T234000Z'],
      ['20270103T014500Z', '20270103T112000Z'],
      ['20270112T141000Z', '20270113T003000Z'],
    ],
  )
})

test('la cancelación retira lo que los otros correos pusieron: mismo UID, SEQUENCE mayor, METHOD:CANCEL', () => {
  const vistos = de('UID', 'SEQUENCE', 'METHOD', 'STATUS')
  const uid = 'vuelo-1.01a2091d-fe35-7e86-91d8-8600fad69b89@aeroalpes.example'
  assert.deepEqual(vistos(paraCorreo({ evento: hechoDe('ReservaCreada', 1) })), [uid, '1', 'REQUEST', 'TENTATIVE'])
  assert.deepEqual(vistos(paraCorreo({ evento: hechoDe('ReservaAprobada', 2) })), [uid, '2', 'REQUEST', 'CONFIRMED'])
  assert.deepEqual(vistos(paraCorreo({ evento: hechoDe('ReservaPagada', 3) })), [uid, '3', 'REQUEST', 'CONFIRMED'])
  assert.deepEqual(vistos(paraCorreo({ evento: hechoDe('ReservaCancelada', 4) })), [uid, '4', 'CANCEL', 'CANCELLED'])
})

test('los UID de una reserva son distintos entre sí', () => {
  const uids = calendariosDe(paraCorreo()).map(({ contenido }) => campos(contenido).get('UID'))
  assert.equal(new Set(uids).size, 3)
})

test('ninguna línea pasa de 75 bytes ni parte un carácter, y todas terminan en CRLF', () => {
  const contenido = primero(paraCorreo({ contacto: unContacto({ nombre: 'Ñandú '.repeat(40) }) }))
  assert.ok(contenido.endsWith('END:VCALENDAR\r\n'))
  assert.ok(contenido.split('\r\n').every((linea) => Buffer.byteLength(linea) <= 75))
  assert.equal(campos(contenido).get('ATTENDEE'), `CN="${'Ñandú '.repeat(40)}";PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:ana@example.com`)
})

test('los signos que un calendario reserva van escapados', () => {
  assert.match(campos(primero()).get('DESCRIPTION') ?? '', /^Localizador: KQFRWD\\nBOG 17:00 sáb\\, 2 ene 2027 \(GMT−5\)\\n/)
})
