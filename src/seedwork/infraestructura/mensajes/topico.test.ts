import assert from 'node:assert/strict'
import { test } from 'node:test'
import avro from 'avsc'
import {
  BYTES_DEL_TUTORIAL,
  bytesRecibidos,
  comandosReserva,
  ESQUEMA_EVENTO_DEL_TUTORIAL,
  eventosReserva,
  ReservaCreadaPayload,
  recibido,
  sinEsquemas,
  unComando,
  unEvento,
  unosAtributos,
} from './ejemplos.ts'
import { compilarTipo } from './esquema_topico.ts'
import type { EsquemasConocidos } from './lectura.ts'
import { registro } from './registro.ts'
import { exigirEspejo, propiedadesDe, type Sobre } from './sobre.ts'
import { type MensajeDe, type TopicoDeclarado, topico } from './topico.ts'

const elTutorial = avro.Type.forSchema(JSON.parse(ESQUEMA_EVENTO_DEL_TUTORIAL))
const data = { id_reserva: 'r-1', id_cliente: 'None', estado: 'PENDIENTE', fecha_creacion: 1795419315106 }
const indescifrable = (motivo: RegExp) => ({ name: 'MensajeIndescifrable', codigo: 'mensaje_indescifrable', message: motivo })

/** Un registro de esquemas en memoria con los de esos tópicos. */
const conocidos = (...topicos: TopicoDeclarado[]): EsquemasConocidos => {
  const mapa = new Map(topicos.map((t) => [t.dataschema, { topico: t.nombre, esquema: t.esquema, tipo: compilarTipo(t.esquema) }]))
  return { porDataschema: (dataschema) => mapa.get(dataschema) }
}

test('el esquema es el del tutorial con el sobre anexado detrás, cada campo con null por defecto', () => {
  const [primero, ...sobre] = eventosReserva.esquema.fields
  assert.equal(JSON.stringify({ ...eventosReserva.esquema, fields: [primero] }), ESQUEMA_EVENTO_DEL_TUTORIAL)
  assert.deepEqual(
    sobre.map(({ name, type, default: defecto }) => [name, type, defecto]),
    [
      ['id', ['null', 'string'], null],
      ['time', ['null', 'long'], null],
      ['ingestion', ['null', 'long'], null],
      ['specversion', ['null', 'string'], null],
      ['type', ['null', 'string'], null],
      ['datacontenttype', ['null', 'string'], null],
      ['service_name', ['null', 'string'], null],
    ],
  )
})

test('los comandos anexan un record por tipo, con el nombre del tipo en snake_case', () => {
  assert.deepEqual(
    comandosReserva.esquema.fields.slice(8).map((campo) => campo.name),
    ['crear_reserva', 'pagar_reserva'],
  )
})

test('los bytes que escribió el tutorial se leen, con lo que sabe el broker por atributos', () => {
  const [uno, , , ultimo] = BYTES_DEL_TUTORIAL.map((bytes) => eventosReserva.leer(bytesRecibidos(bytes), sinEsquemas))
  assert.deepEqual(uno?.data, {
    id_reserva: 'ad03c34f-6448-43b2-850e-66d0da362fe4',
    id_cliente: 'None',
    estado: 'PENDIENTE',
    fecha_creacion: 1795419315106,
  })
  assert.deepEqual(ultimo, {
    tipo: 'ReservaCreada',
    data: { id_reserva: 'a', id_cliente: 'None', estado: 'PENDIENTE', fecha_creacion: 1 },
    cuerpo: null,
    atributos: {
      id: 'id-del-broker',
      instante: 1795419315200,
      sujeto: '',
      correlacion: 'id-del-broker',
      causa: 'id-del-broker',
      actor: '',
      propietario: '',
    },
  })
})

test('B42 el sobre viaja, y quien lee con el esquema de un campo del tutorial ve los mismos valores', () => {
  const { datos } = eventosReserva.escribir({ tipo: 'ReservaCreada', data, atributos: unosAtributos() })
  const leido = elTutorial.decode(Buffer.from(datos), 0)
  assert.deepEqual({ ...leido.value.data }, data)
  assert.ok(leido.offset < datos.length)
  const sobre = compilarTipo(eventosReserva.esquema).fromBuffer(Buffer.from(datos))
  assert.deepEqual(sobre, {
    data,
    id: unosAtributos().id,
    time: 1795419315106,
    ingestion: 1795419315106,
    specversion: '1.0',
    type: 'ReservaCreada',
    datacontenttype: 'application/avro',
    service_name: 'aeroalpes',
  })
})

test('las propiedades son los atributos de CloudEvents y la llave sale de la declaración', () => {
  const mensaje = eventosReserva.escribir({ tipo: 'ReservaPagada', data, atributos: unosAtributos({ traza: '00-aa-bb-01' }) })
  assert.equal(mensaje.topico, 'eventos-reserva')
  assert.equal(mensaje.id, unosAtributos().id)
  assert.equal(mensaje.llave, 'r-1')
  assert.deepEqual(mensaje.propiedades, {
    specversion: '1.0',
    id: unosAtributos().id,
    source: 'aeroalpes',
    type: 'ReservaPagada',
    subject: unosAtributos().sujeto,
    time: '2026-11-23T07:35:15.106Z',
    datacontenttype: 'application/avro',
    dataschema: eventosReserva.dataschema,
    correlationid: 'correlacion-1',
    causationid: 'causa-1',
    traceparent: '00-aa-bb-01',
    actor: 'actor-1',
    propietario: 'propietario-1',
  })
  assert.match(eventosReserva.dataschema, /^urn:aeroalpes:esquema:eventos-reserva:v1:[0-9a-f]{16}$/)
})

test('lo que se escribe se lee igual: eventos, comandos y atributos', () => {
  const evento = eventosReserva.leer(recibido(unEvento()), sinEsquemas)
  assert.equal(evento.tipo, 'ReservaAprobada')
  assert.equal(evento.data.estado, 'APROBADA')
  assert.deepEqual(evento.atributos, unosAtributos())
  const comando = comandosReserva.leer(recibido(unComando()), sinEsquemas)
  assert.deepEqual(comando, {
    tipo: 'CrearReserva',
    data: { id_usuario: 'None' },
    cuerpo: { id_reserva: 'r-1', legs: [{ origen: 'BOG', destino: 'MDE', fecha_salida: 1669122600000 }] },
    atributos: unosAtributos({ sujeto: 'r-1' }),
  })
})

test('B43 un comando se publica con el esquema de su tópico: la llave sale de su cuerpo', () => {
  assert.equal(unComando().llave, 'r-1')
  assert.equal(unComando().propiedades.dataschema, comandosReserva.dataschema)
})

const base = { nombre: 'eventos-reserva', record: 'EventoReservaCreada', version: 1, fuente: 'aeroalpes' } as const
const crecido = topico({
  ...base,
  data: registro('ReservaCreadaPayload', ReservaCreadaPayload.campos, { canal: 'string' }),
  tipos: { ReservaCreada: null, ReservaReubicada: registro('ReservaReubicadaDatos', { motivo: 'string' }) },
  llave: ({ data: { id_reserva } }) => id_reserva,
})

test('un lector nuevo lee bytes anteriores: lo anexado llega como null', () => {
  const mensaje = recibido(eventosReserva.escribir({ tipo: 'ReservaCreada', data, atributos: unosAtributos() }))
  assert.deepEqual(crecido.leer(mensaje, conocidos(eventosReserva)).data, { ...data, canal: null })
  const [tutorial = new Uint8Array()] = BYTES_DEL_TUTORIAL
  assert.equal(crecido.leer(bytesRecibidos(tutorial), sinEsquemas).data.canal, null)
})

test('un lector anterior lee bytes nuevos, y el del tutorial también', () => {
  const mensaje = recibido(crecido.escribir({ tipo: 'ReservaCreada', data: { ...data, canal: 'web' }, atributos: unosAtributos() }))
  for (let vez = 0; vez < 2; vez += 1) assert.deepEqual(eventosReserva.leer(mensaje, conocidos(crecido)).data, data)
  assert.deepEqual({ ...elTutorial.decode(Buffer.from(mensaje.datos), 0).value.data }, data)
})

test('un tipo que este lector no conoce se aparta con su nombre', () => {
  const mensaje = recibido(crecido.escribir({ tipo: 'ReservaReubicada', data, cuerpo: { motivo: 'x' }, atributos: unosAtributos() }))
  assert.throws(() => eventosReserva.leer(mensaje, conocidos(crecido)), indescifrable(/nadie declaró el tipo «ReservaReubicada»/))
  const heredado = recibido({ ...unEvento(), propiedades: { ...unEvento().propiedades, type: 'constructor' } })
  assert.throws(() => eventosReserva.leer(heredado, sinEsquemas), indescifrable(/nadie declaró el tipo «constructor»/))
})

test('un instante que no es una fecha cede ante el siguiente que lo es', () => {
  const { time: _, ...propiedades } = unEvento().propiedades
  const conTime = (time: number) => {
    const datos = compilarTipo(eventosReserva.esquema).toBuffer({ data, time })
    return eventosReserva.leer(recibido({ ...unEvento(), datos, propiedades: { ...propiedades, time: 'ayer' } }), sinEsquemas).atributos
      .instante
  }
  assert.equal(conTime(5), 5)
  assert.equal(conTime(2 ** 53 - 2), recibido(unEvento()).instante)
})

test('un esquema que nadie registró, o de otro tópico, se aparta sin mirar los bytes', () => {
  const con = (dataschema: string) => recibido({ ...unEvento(), propiedades: { ...unEvento().propiedades, dataschema } })
  assert.throws(() => eventosReserva.leer(con('urn:x'), sinEsquemas), indescifrable(/nadie registró su esquema «urn:x»/))
  const deComandos = con(comandosReserva.dataschema)
  assert.throws(() => eventosReserva.leer(deComandos, conocidos(comandosReserva)), indescifrable(/es de otro tópico/))
})

test('un mensaje sin datos, o un comando sin lo suyo, se aparta', () => {
  assert.throws(() => eventosReserva.leer(bytesRecibidos(Buffer.from('00', 'hex')), sinEsquemas), indescifrable(/no trae datos/))
  const soloUsuario = bytesRecibidos(Buffer.from('02020261', 'hex'))
  assert.throws(() => comandosReserva.leer(soloUsuario, sinEsquemas), indescifrable(/no trae lo propio de «CrearReserva»/))
})

test('los bytes que no son Avro se apartan, con o sin esquema declarado', () => {
  const hola = Buffer.from('Hola-Pulsar-0')
  assert.throws(() => comandosReserva.leer(bytesRecibidos(hola), sinEsquemas), { codigo: 'mensaje_indescifrable', clase: 'invalido' })
  assert.throws(() => eventosReserva.leer(recibido({ ...unEvento(), datos: hola }), sinEsquemas), { codigo: 'mensaje_indescifrable' })
})

test('el sobre y las propiedades dicen lo mismo, o no se escribe', () => {
  const propiedades = propiedadesDe({ tipo: 'T', fuente: 'f', dataschema: 'd' }, unosAtributos())
  const bueno: Sobre = {
    id: unosAtributos().id,
    time: unosAtributos().instante,
    ingestion: 0,
    specversion: '1.0',
    type: 'T',
    datacontenttype: 'application/avro',
    service_name: 'f',
  }
  exigirEspejo(bueno, propiedades)
  for (const cambio of [{ id: 'x' }, { time: 1 }, { specversion: '2' }, { type: 'U' }, { datacontenttype: 'x' }, { service_name: 'g' }]) {
    assert.throws(
      () => exigirEspejo({ ...bueno, ...cambio }, propiedades),
      { codigo: 'mensaje_mal_declarado', clase: 'interno' },
      JSON.stringify(cambio),
    )
  }
  const conFraccion = unosAtributos({ instante: 1.5 })
  assert.throws(() => eventosReserva.escribir({ tipo: 'ReservaCreada', data, atributos: conFraccion }), { codigo: 'mensaje_mal_declarado' })
})

test('lo que ningún lector aceptaría no se escribe', () => {
  const escribir = (id_cliente: string) => () =>
    eventosReserva.escribir({ tipo: 'ReservaCreada', data: { ...data, id_cliente }, atributos: unosAtributos() })
  assert.throws(escribir('x'.repeat(300_000)), indescifrable(/es demasiado grande/))
  assert.throws(escribir('x'.repeat(70_000)), indescifrable(/un texto es demasiado largo/))
})

test('dataschema es estable y cambia con el esquema', () => {
  const otraVez = topico({ ...base, data: ReservaCreadaPayload, tipos: { ReservaCreada: null }, llave: () => null })
  assert.equal(otraVez.dataschema, eventosReserva.dataschema)
  assert.notEqual(crecido.dataschema, eventosReserva.dataschema)
})

test('una declaración imposible no llega a ser tópico', () => {
  const declarar = (tipos: TopicoDeclarado['tipos']) => () => topico({ ...base, data: ReservaCreadaPayload, tipos, llave: () => null })
  assert.throws(declarar({}), /no declara ningún tipo/)
  assert.throws(declarar({ Time: registro('OtroTime', { a: 'string' }) }), /duplicate field name/)
  assert.throws(declarar({ Otra: registro('EventoReservaCreada', { a: 'string' }) }), /duplicate type name/)
})

test('los tipos de fuera siguen a la declaración', () => {
  const atributos = unosAtributos()
  const cuerpoDe = (mensaje: MensajeDe<typeof comandosReserva>): string | null => {
    switch (mensaje.tipo) {
      case 'CrearReserva':
        return mensaje.cuerpo.legs?.[0]?.origen ?? null
      case 'PagarReserva':
        // @ts-expect-error pagar no lleva legs
        return mensaje.cuerpo.legs ?? mensaje.cuerpo.id_reserva
    }
  }
  const mal = [
    // @ts-expect-error ese tipo no es de este tópico
    () => eventosReserva.escribir({ tipo: 'ReservaPerdida', data, atributos }),
    // @ts-expect-error estado es un texto
    () => eventosReserva.escribir({ tipo: 'ReservaCreada', data: { ...data, estado: 1 }, atributos }),
    // @ts-expect-error un evento no lleva cuerpo
    () => eventosReserva.escribir({ tipo: 'ReservaCreada', data, cuerpo: { a: 1 }, atributos }),
    // @ts-expect-error un comando lo lleva siempre
    () => comandosReserva.escribir({ tipo: 'PagarReserva', data: { id_usuario: null }, atributos }),
    // @ts-expect-error la llave se saca de lo que hay
    () => topico({ ...base, data: ReservaCreadaPayload, tipos: { ReservaCreada: null }, llave: ({ data: d }) => d.id_pedido }),
  ]
  assert.equal(mal.length, 5)
  assert.equal(cuerpoDe(comandosReserva.leer(recibido(unComando()), sinEsquemas)), 'BOG')
})
