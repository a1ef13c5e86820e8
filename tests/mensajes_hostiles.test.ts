import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ComandosReserva, EventosReserva } from 'aeroalpes-api/modulos/vuelos/index.ts'
import type { Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'
import { abrirApi } from './apoyo/api.ts'
import type { OperacionJson } from './apoyo/cliente.ts'
import { cuando, esProblema, responde } from './apoyo/frases.ts'
import { apartado, hastaQue, publicar } from './apoyo/hechos.ts'

const api = await abrirApi()
after(api.cerrar)
const { operador } = api

const COMANDOS = { topico: 'comandos-reserva', suscripcion: 'aeroalpes-sub-comandos' } as const
const EVENTOS = { topico: 'eventos-reserva', suscripcion: 'aeroalpes-sub-eventos' } as const

let ultimo = 0
/** Un id bien formado que ninguna otra prueba usa. */
const unId = (): string => `0190163d-8694-739b-aea5-${String(++ultimo).padStart(12, '0')}`

const crudo = (topico: string, datos: Uint8Array, propiedades: Record<string, string> = {}): Mensaje => {
  const id = unId()
  return { topico, id, llave: id, datos, propiedades }
}

/** Lo que ese mensaje deja en el tópico de apartados de quien lo consume. */
const apartadoDe = async (donde: typeof COMANDOS | typeof EVENTOS, mensaje: Mensaje) => {
  await publicar(api, mensaje)
  return apartado(api, { ...donde, id: mensaje.id })
}

/** Los dos consumidores siguen: uno cumple un comando nuevo y el otro pone al día el historial. */
const siguenConsumiendo = async (): Promise<void> => {
  const ana = api.como('ana-sigue')
  const { id } = await ana.unaReserva()
  const { estado } = await ana.desenlace(await ana.aprobar(id))
  assert.equal(estado, 'completada')
  await hastaQue('el historial se entera', async () =>
    (await ana.historial()).json<{ id_reserva: string; version: number }[]>().some((l) => l.id_reserva === id && l.version === 2),
  )
}

/** `array<null>`: en seis bytes, dos mil millones de elementos que no ocupan nada. */
const BOMBA = Buffer.from([0x02, 0xfe, 0xff, 0xff, 0xff, 0x0f])

const HOSTILES: readonly (readonly [nombre: string, datos: Uint8Array])[] = [
  ['ningún byte', new Uint8Array()],
  ['basura', Buffer.from('esto no es Avro')],
  ['bytes al azar', Buffer.from('9f3c77d1a0b2c4e81122334455667788', 'hex')],
  ['una bomba de seis bytes', BOMBA],
  ['un texto que dice medir dos gigas', Buffer.from('0202feffffff0f61', 'hex')],
  ['un largo negativo', Buffer.from('020201', 'hex')],
  ['un entero que no termina', Buffer.alloc(64, 0xff)],
  ['un mensaje bueno y algo más', Buffer.from('0202026102084e6f6e65021250454e4449454e5445020200', 'hex')],
  ['un mensaje bueno cortado', Buffer.from('0202026102084e6f6e65021250454e4449454e5445', 'hex')],
  ['300 KB de ceros', Buffer.alloc(300_000)],
]

for (const [donde, dataschema] of [
  [COMANDOS, ComandosReserva.dataschema],
  [EVENTOS, EventosReserva.dataschema],
] as const)
  describe(`B45 en ${donde.topico}`, () => {
    for (const [nombre, datos] of HOSTILES)
      for (const [con, propiedades] of [
        ['con su dataschema', { dataschema }],
        ['sin dataschema', {}],
      ] as const)
        test(`B45 ${nombre} ${con} se aparta al primer intento, con sus bytes y el motivo`, async () => {
          const mensaje = crudo(donde.topico, datos, propiedades)
          const visto = await apartadoDe(donde, mensaje)
          assert.deepEqual(Buffer.from(visto.datos), Buffer.from(datos))
          assert.partialDeepStrictEqual(visto.propiedades, {
            dlqtopico: donde.topico,
            dlqsuscripcion: donde.suscripcion,
            dlqcodigo: 'mensaje_indescifrable',
            dlqintentos: '1',
          })
          assert.match(visto.propiedades.dlqmensaje ?? '', /^El mensaje no se puede descifrar: .+\.$/)
        })

    test('B45 un dataschema que nadie registró, o de otro tópico, se aparta', async () => {
      const otro = donde === COMANDOS ? EventosReserva.dataschema : ComandosReserva.dataschema
      for (const ajeno of ['urn:otro:esquema', otro, '__proto__', ''])
        assert.equal(
          (await apartadoDe(donde, crudo(donde.topico, new Uint8Array([0]), { dataschema: ajeno }))).propiedades.dlqintentos,
          '1',
        )
    })

    test('B45 después de todo eso los consumidores siguen', siguenConsumiendo)
  })

const grabado: Readonly<{ pulsar: Record<string, { mensajes: { bytes_hex: string }[] }> }> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'conformidad/tutorial.json'), 'utf8'),
)
const DEL_TUTORIAL = (grabado.pulsar['eventos-reserva']?.mensajes ?? []).map(({ bytes_hex }) => Buffer.from(bytes_hex, 'hex'))

describe('los bytes del tutorial, que no dicen con qué esquema se escribieron', () => {
  test('B42 en eventos-reserva se consumen, y a la reserva con cliente le abren su línea en el historial', async () => {
    const id = unId()
    const deAna = Buffer.concat([
      Buffer.from('020248', 'hex'),
      Buffer.from(id),
      Buffer.from('0206616e61021250454e4449454e544502c4eea4f5c068', 'hex'),
    ])
    await publicar(api, ...[...DEL_TUTORIAL, deAna].map((datos) => crudo('eventos-reserva', datos)))
    const linea = await hastaQue('el historial la tiene', async () => {
      const lineas = (await api.como('ana').historial()).json<{ id_reserva: string }[]>()
      return lineas.find(({ id_reserva }) => id_reserva === id)
    })
    assert.partialDeepStrictEqual(linea, { estado: 'PENDIENTE', version: 1 })
  })

  test('en comandos-reserva no dicen qué reservar: se apartan', async () => {
    const comando = Buffer.from('0202084e6f6e65', 'hex')
    const { propiedades } = await apartadoDe(COMANDOS, crudo('comandos-reserva', comando))
    assert.equal(propiedades.dlqcodigo, 'mensaje_indescifrable')
    assert.match(propiedades.dlqmensaje ?? '', /CrearReserva/)
    await siguenConsumiendo()
  })
})

/** Un CrearReserva bien escrito en Avro, con lo que la prueba le cambie. */
const unComando = ({ id = unId(), id_reserva = unId() as string | null, salida = 1, llegada = 2, tipo = 'ADULTO' } = {}): Mensaje => {
  const [origen, destino] = ['BOG', 'JFK'].map((codigo) => ({ codigo, nombre: null }))
  const legs = [{ fecha_salida: salida, fecha_llegada: llegada, origen: origen ?? null, destino: destino ?? null }]
  return ComandosReserva.escribir({
    tipo: 'CrearReserva',
    data: { id_usuario: 'None' },
    cuerpo: { id_reserva, itinerarios: [{ odos: [{ segmentos: [{ legs }] }] }], pasajeros: [{ nombre: null, tipo, clase: 'PRIMERA' }] },
    atributos: { id, instante: 1, sujeto: id_reserva ?? '', correlacion: 'c', causa: 'c', actor: 'anonimo', propietario: '' },
  })
}

describe('un comando que otro servicio publica', () => {
  test('sin operación previa, se cumple y su id es el de la operación', async () => {
    const [id, id_reserva] = [unId(), unId()]
    await publicar(api, unComando({ id, id_reserva }))
    await hastaQue('la operación existe', async () => (await operador.operacion(`/operaciones/${id}`)).estado === 200)
    const operacion = (await operador.operacion(`/operaciones/${id}`)).json<OperacionJson>()
    assert.partialDeepStrictEqual(operacion, { id, id_reserva, estado: 'completada', eventos: ['ReservaCreada'] })
    await cuando(() => operador.reserva(id_reserva)).entonces(responde(200, { id: id_reserva }))
  })

  const MAL_ESCRITOS: readonly (readonly [nombre: string, cambios: Parameters<typeof unComando>[0]])[] = [
    ['sin id de reserva', { id_reserva: null }],
    ['con un id de reserva que no es un UUID', { id_reserva: 'zzz' }],
    ['con un tipo de pasajero desconocido', { tipo: 'PERRO' }],
    ['con una fecha que ningún calendario alcanza', { salida: 8_640_000_000_000_001, llegada: 8_640_000_000_000_002 }],
  ]
  for (const [nombre, cambios] of MAL_ESCRITOS)
    test(`${nombre} se aparta y no deja nada`, async () => {
      const mensaje = unComando(cambios)
      const { propiedades } = await apartadoDe(COMANDOS, mensaje)
      assert.equal(propiedades.dlqcodigo, 'mensaje_indescifrable')
      await cuando(() => operador.operacion(`/operaciones/${mensaje.id}`)).entonces(esProblema(404, 'operacion_no_encontrada'))
      await cuando(() => operador.lista()).entonces(responde(200))
    })

  test('que rompe una regla no se aparta: su operación termina fallida', async () => {
    const id = unId()
    await publicar(api, unComando({ id, salida: 2, llegada: 1 }))
    const operacion = await hastaQue('la operación termina', async () => {
      const respuesta = await operador.operacion(`/operaciones/${id}`)
      return respuesta.estado === 200 && respuesta.json<OperacionJson>()
    })
    assert.partialDeepStrictEqual(operacion, { estado: 'fallida', error: { codigo: 'SalidaAntesDeLlegada' } })
  })
})

test('un evento con una fecha que ningún calendario alcanza se aparta, y el historial se sigue pudiendo leer', async () => {
  const id_reserva = unId()
  const fuera = 8_640_000_000_000_001
  const evento = EventosReserva.escribir({
    tipo: 'ReservaAprobada',
    data: {
      id_reserva,
      id_cliente: 'carla',
      estado: 'APROBADA',
      fecha_creacion: fuera,
      version: 2,
      fecha_actualizacion: fuera,
      motivo: null,
    },
    atributos: { id: unId(), instante: 1, sujeto: id_reserva, correlacion: 'c', causa: 'c', actor: 'anonimo', propietario: 'carla' },
  })
  assert.equal((await apartadoDe(EVENTOS, evento)).propiedades.dlqcodigo, 'mensaje_indescifrable')
  await cuando(() => api.como('carla').historial()).entonces(responde(200))
})
