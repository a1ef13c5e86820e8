import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hechoDe, pagada, paraCorreo, unaReserva, unContacto } from '../pruebas/constructores.ts'
import { componerCorreo } from './componer.ts'

const plano = (texto: string): string => texto.replaceAll('\u00a0', ' ')

test('el asunto empieza por el localizador y cada hecho tiene el suyo, en los dos idiomas', () => {
  const asuntos = (['es', 'en'] as const).flatMap((idioma) =>
    (['ReservaCreada', 'ReservaAprobada', 'ReservaPagada', 'ReservaCancelada'] as const).map(
      (tipo) => componerCorreo(paraCorreo({ evento: hechoDe(tipo, 1), contacto: unContacto({ idioma }) })).asunto,
    ),
  )
  assert.ok(asuntos.every((asunto) => asunto.startsWith('KQFRWD · ') && asunto.endsWith(': Bogotá → Madrid')))
  assert.equal(new Set(asuntos).size, 8)
})

test('el texto lo dice todo: hora de cada lugar con su zona, +1, escala, precio, pasajeros, condiciones y enlace', () => {
  const texto = plano(componerCorreo(paraCorreo()).texto)
  for (const dicho of [
    'Localizador: KQFRWD',
    '17:00 BOG Bogotá, sáb, 2 ene 2027 (hora local, GMT−5)',
    'Escala en Ciudad de Panamá: 2 h 05',
    '12:20 +1 MAD Madrid, dom, 3 ene 2027 (hora local, GMT+1; llega al día siguiente)',
    'AN 7038 · Andarí · 10 h 20',
    'Total: $ 13.239.800 COP',
    '- Ana Ríos · Adulto · Económica',
    'te devolvemos el 80 % menos $ 143.500 COP de penalidad',
    'http://127.0.0.1:5678/reserva/01a2091d-fe35-7e86-91d8-8600fad69b89',
  ])
    assert.ok(texto.includes(dicho), dicho)
})

test('el HTML dice lo mismo que el texto', () => {
  const { texto, html } = componerCorreo(paraCorreo({ contacto: unContacto({ idioma: 'en' }) }))
  const leido = html
    .replaceAll(/<style>.*?<\/style>/gs, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/\s+/g, ' ')
  for (const palabra of new Set(texto.match(/[\p{L}\d:$.,]{3,}/gu)))
    assert.ok(html.includes(palabra) || leido.toLowerCase().includes(palabra.toLowerCase().replaceAll(/[.,:]$/g, '')), palabra)
})

test('el HTML no pide nada fuera, no ejecuta nada y cabe en 600 px', () => {
  const { html } = componerCorreo(paraCorreo())
  assert.doesNotMatch(html, /<(?:script|img|link|iframe|object|form)\b|url\(|@import|\son\w+=/i)
  assert.deepEqual(html.match(/(?:href|src)="[^"]*"/g), ['href="http://127.0.0.1:5678/reserva/01a2091d-fe35-7e86-91d8-8600fad69b89"'])
  assert.match(html, /max-width:600px/)
})

test('lo que escribió el viajero no se vuelve marcado ni líneas de más', () => {
  const { html, calendarios } = componerCorreo(
    paraCorreo({
      reserva: unaReserva({ pasajeros: [{ nombre: '<script>alert(1)</script>', apellido: '"&\'', tipo: 'ADULTO', clase: 'PRIMERA' }] }),
      contacto: unContacto({ nombre: 'Ana"\r\nATTENDEE:mailto:otro@example.com' }),
    }),
  )
  assert.doesNotMatch(html, /<script>/)
  assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;&#39;'))
  assert.equal(calendarios[0]?.contenido.match(/^ATTENDEE/gm)?.length, 1)
})

test('cancelada sin pagar: por qué, en el idioma de quien lee, y que no se cobró', () => {
  const motivo = { es: 'La aerolínea soltó los asientos', en: 'The airline released the seats' }
  const reserva = unaReserva({ linea_de_tiempo: [{ paso: 'cancelada', estado: 'hecho', detalle: motivo }] })
  const evento = hechoDe('ReservaCancelada', 2, motivo.es)
  const { texto } = componerCorreo(paraCorreo({ reserva, evento, contacto: unContacto({ idioma: 'en' }) }))
  assert.match(texto, /Reason: The airline released the seats\.\n\nYou had not paid: we charged you nothing\./)
  assert.doesNotMatch(texto, /COP|refund/)
})

test('cancelada después de pagar: el dinero sigue las condiciones, que van en el correo', () => {
  const { texto } = componerCorreo(
    paraCorreo({ reserva: pagada({ es: 'A pedido del viajero', en: '' }), evento: hechoDe('ReservaCancelada', 4) }),
  )
  assert.match(texto, /Motivo: A pedido del viajero\.\n\nLo que pagaste se devuelve según las condiciones/)
  assert.match(texto, /Si cancelas después de pagar, te devolvemos el 80 %/)
})

test('una reserva sin oferta se escribe con lo que tiene', () => {
  const leg = {
    origen: { codigo: 'BOG', nombre: 'BOG aeropuerto', ciudad: null, zona: null },
    destino: { codigo: 'JFK', nombre: null, ciudad: null, zona: null },
    fecha_salida: '2022-11-22T13:10:00Z',
    fecha_llegada: '2022-11-22T14:10:00Z',
    vuelo: null,
    aerolinea: null,
    salida_local: null,
    llegada_local: null,
  }
  const reserva = {
    id: 'r',
    localizador: null,
    precio: null,
    condiciones: null,
    pasajeros: [],
    itinerarios: [{ odos: [{ segmentos: [{ legs: [leg] }] }] }],
  }
  const { asunto, texto, calendarios } = componerCorreo(paraCorreo({ reserva }))
  assert.equal(asunto, 'Tu reserva quedó guardada: BOG aeropuerto → JFK')
  assert.match(texto, /13:10 BOG BOG aeropuerto, mar, 22 nov 2022 \(UTC\)/)
  assert.deepEqual(
    calendarios.map(({ nombre }) => nombre),
    ['1-BOG-JFK.ics'],
  )
})

test('los mismos datos dan el mismo correo', () => {
  assert.deepEqual(componerCorreo(paraCorreo()), componerCorreo(paraCorreo()))
})
