import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import Ajv2020 from 'ajv/dist/2020.js'
import { abrirApi } from './apoyo/api.ts'
import { cuando, lleva, responde } from './apoyo/frases.ts'

const api = await abrirApi()
after(api.cerrar)
const { invitado } = api

describe('salud', () => {
  test('/health dice que vive, con las palabras del tutorial', () =>
    cuando(() => invitado.pedir('GET', '/health')).entonces(responde(200, { status: 'up' })))

  test('/health/ready escribe en el almacén antes de decir que puede', () =>
    cuando(() => invitado.pedir('GET', '/health/ready')).entonces(responde(200, { status: 'up', atrasados: [] })))

  test('/metrics mide cada respuesta por el patrón de su ruta, nunca por su dirección', async () => {
    const { id } = await invitado.unaReserva()
    await invitado.reserva(id)
    const { texto } = await cuando(() => invitado.pedir('GET', '/metrics')).seObtiene(lleva('content-type', /^text\/plain/))
    assert.match(texto, /http_requests_total\{metodo="GET",ruta="\/vuelos\/reserva\/:id",estado="200"\} \d+/)
    assert.match(texto, /broker_pendientes\{topico="eventos-reserva",suscripcion="aeroalpes-sub-eventos"\} \d+/)
    assert.match(texto, /broker_atraso_segundos\{topico="comandos-reserva",suscripcion="aeroalpes-sub-comandos"\} \d+/)
    assert.ok(!texto.includes(id))
  })
})

type Parametro = Readonly<{ in: string; name: string; required?: boolean; schema?: object }>
type Contenido = Readonly<{ content?: Record<string, { schema?: object }> }>
type Operacion = Readonly<{
  summary?: string
  parameters?: readonly Parametro[]
  requestBody?: Contenido
  responses?: Record<string, Contenido & { description?: string }>
}>
type Spec = Readonly<{
  openapi: string
  info: Readonly<{ title: string; version: string }>
  paths: Readonly<Record<string, Readonly<Record<string, Operacion>>>>
}>

const RUTAS = [
  'GET /aeropuertos',
  'GET /cliente/historial',
  'GET /health',
  'GET /health/ready',
  'GET /mensajes/apartados',
  'GET /metrics',
  'GET /operaciones/{id}',
  'GET /vuelos/itinerarios',
  'GET /vuelos/localizador/{localizador}',
  'GET /vuelos/reserva',
  'GET /vuelos/reserva-query',
  'GET /vuelos/reserva-query/{id}',
  'GET /vuelos/reserva/{id}',
  'GET /vuelos/reserva/{id}/cancelacion',
  'GET /vuelos/reserva/{id}/contacto',
  'POST /mensajes/apartados/reintentar',
  'POST /vuelos/reserva',
  'POST /vuelos/reserva-comando',
  'POST /vuelos/reserva-commando',
  'POST /vuelos/reserva/{id}/aprobar',
  'POST /vuelos/reserva/{id}/cancelar',
  'POST /vuelos/reserva/{id}/pagar',
]

const leerSpec = async (): Promise<Spec> => (await invitado.pedir('GET', '/spec')).json<Spec>()

const operacionesDe = ({ paths }: Spec): readonly (readonly [nombre: string, camino: string, Operacion])[] =>
  Object.entries(paths).flatMap(([camino, metodos]) =>
    Object.entries(metodos).map(([metodo, operacion]) => [`${metodo.toUpperCase()} ${camino}`, camino, operacion] as const),
  )

const esquemasDe = ({ parameters = [], requestBody, responses = {} }: Operacion): readonly object[] =>
  [
    ...parameters.map(({ schema }) => schema),
    ...[requestBody, ...Object.values(responses)].flatMap((parte) => Object.values(parte?.content ?? {}).map(({ schema }) => schema)),
  ].filter((esquema) => esquema !== undefined)

describe('B23 /spec', () => {
  test('B23 es OpenAPI 3.1 y nombra todas las rutas', async () => {
    const spec = await leerSpec()
    assert.match(spec.openapi, /^3\.1\.\d+$/)
    assert.ok(spec.info.title.length > 0 && spec.info.version.length > 0)
    assert.deepEqual(
      operacionesDe(spec)
        .map(([nombre]) => nombre)
        .toSorted(),
      RUTAS,
    )
  })

  test('B23 cada ruta nombrada existe, y sólo con esos métodos', async () => {
    for (const [camino, metodos] of Object.entries((await leerSpec()).paths)) {
      const { cabeceras, estado } = await invitado.pedir('PUT', camino.replace('{id}', 'x'))
      assert.equal(estado, 405)
      const admitidos = cabeceras
        .get('allow')
        ?.split(', ')
        .filter((metodo) => metodo !== 'HEAD')
      assert.deepEqual(
        admitidos,
        Object.keys(metodos)
          .map((metodo) => metodo.toUpperCase())
          .toSorted(),
      )
    }
  })

  test('B23 cada operación dice qué hace, declara los parámetros de su camino y describe sus respuestas', async () => {
    for (const [nombre, camino, { summary, parameters = [], responses = {} }] of operacionesDe(await leerSpec())) {
      if (camino !== '/metrics') assert.ok(summary, nombre)
      const delCamino = [...camino.matchAll(/\{(\w+)\}/g)].map(([, parametro]) => parametro)
      const declarados = parameters.filter((parametro) => parametro.in === 'path')
      assert.deepEqual(
        declarados.map(({ name }) => name),
        delCamino,
        nombre,
      )
      for (const { required } of declarados) assert.equal(required, true)
      assert.ok(Object.keys(responses).length > 0, nombre)
      for (const { description } of Object.values(responses)) assert.equal(typeof description, 'string', nombre)
    }
  })

  test('B23 cada esquema es JSON Schema 2020-12, el de OpenAPI 3.1', async () => {
    const ajv = new Ajv2020.Ajv2020({ strict: false, validateFormats: false })
    let vistos = 0
    for (const [nombre, , operacion] of operacionesDe(await leerSpec()))
      for (const esquema of esquemasDe(operacion)) {
        assert.ok(ajv.validateSchema(esquema), `${nombre}: ${ajv.errorsText()}`)
        vistos++
      }
    assert.ok(vistos > RUTAS.length)
  })

  test('lo que se responde cumple lo que se promete', async () => {
    const ajv = new Ajv2020.Ajv2020({ strict: false, validateFormats: false })
    const spec = await leerSpec()
    const { id } = await invitado.unaReserva()
    const aceptada = await invitado.reservarDespues()
    for (const [camino, metodo, estado, respuesta] of [
      ['/vuelos/reserva', 'post', '200', await invitado.reservar()],
      ['/vuelos/reserva/{id}', 'get', '200', await invitado.reserva(id)],
      ['/vuelos/reserva', 'get', '200', await api.operador.lista()],
      ['/vuelos/reserva-comando', 'post', '202', aceptada],
      ['/operaciones/{id}', 'get', '200', await invitado.operacion(String(aceptada.cabeceras.get('location')))],
    ] as const) {
      const esquema = spec.paths[camino]?.[metodo]?.responses?.[estado]?.content?.['application/json']?.schema
      assert.ok(esquema, `${metodo} ${camino}`)
      assert.ok(ajv.validate(esquema, respuesta.json()), ajv.errorsText())
    }
  })
})

describe('/docs', () => {
  test('se sirve entera desde aquí: ni un recurso de otro sitio, ni guion dentro de la página', async () => {
    const { texto } = await cuando(() => invitado.pedir('GET', '/docs')).seObtiene(
      lleva('content-type', /^text\/html/),
      lleva('content-security-policy', /^default-src 'self';/),
    )
    assert.doesNotMatch(texto, /<script(?![^>]*\bsrc=)[^>]*>\s*\S|<style|\son\w+=|\sstyle=/i)
    const recursos = [...texto.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, enlace = '']) => enlace)
    assert.ok(recursos.length >= 3)
    for (const recurso of recursos) {
      const { origin, pathname } = new URL(recurso, `${api.url}/docs`)
      assert.equal(origin, api.url, recurso)
      assert.equal((await invitado.pedir('GET', pathname)).estado, 200, recurso)
    }
  })

  test('su política no deja cargar, enmarcar ni enviar nada afuera', async () => {
    const politica = (await invitado.pedir('GET', '/docs')).cabeceras.get('content-security-policy') ?? ''
    assert.doesNotMatch(politica, /unsafe|https?:|\*/)
    for (const directiva of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) assert.ok(politica.includes(directiva))
  })

  test('enseña este mismo /spec', async () => {
    const guion = (await invitado.pedir('GET', '/docs/static/swagger-initializer.js')).texto
    assert.match(guion, /\/json|docs\/json/)
    assert.deepEqual((await invitado.pedir('GET', '/docs/json')).json(), await leerSpec())
  })

  test('lo demás no es una página: su política no deja cargar nada', () =>
    cuando(() => invitado.pedir('GET', '/spec')).entonces(lleva('content-security-policy', "default-src 'none'; frame-ancestors 'none'")))
})

describe('los problemas', () => {
  test('cada `type` lleva a una página que lo explica', async () => {
    const problemas = [
      await invitado.reservar({ itinerarios: 7 }),
      await invitado.pedir('GET', '/no/existe'),
      await invitado.pedir('DELETE', '/vuelos/reserva'),
    ]
    for (const problema of problemas) {
      const { estado, texto } = await invitado.pedir('GET', String(problema.json().type))
      assert.equal(estado, 200, texto)
    }
  })
})
