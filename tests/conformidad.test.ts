import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { abrirApi } from './apoyo/api.ts'
import type { Respuesta } from './apoyo/cliente.ts'
import { type Expectativa, esProblema, responde, rompe, senala } from './apoyo/frases.ts'

type Caso = Readonly<{
  caso: string
  peticion: Readonly<{ metodo: string; camino: string; cuerpo: unknown }>
  respuesta: Readonly<{ status: number; cuerpo: unknown }>
}>

const grabado: Readonly<{ http: readonly Caso[] }> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'conformidad/tutorial.json'), 'utf8'),
)

const casoDe = (nombre: string): Caso => {
  const caso = grabado.http.find((c) => c.caso === nombre)
  assert.ok(caso, `no hay un caso «${nombre}»`)
  return caso
}

const api = await abrirApi()
after(api.cerrar)

/** Repite la petición grabada. Un cuerpo que el tutorial recibió como texto roto se envía roto. */
const repetir = ({ peticion: { metodo, camino, cuerpo } }: Caso): Promise<Respuesta> =>
  api.invitado.pedir(metodo, camino, cuerpo === null ? {} : typeof cuerpo === 'string' ? { crudo: cuerpo } : { cuerpo })

/** Cambian de una corrida a otra; su forma no. */
const DE_CADA_VEZ: Readonly<Record<string, RegExp>> = {
  id: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  fecha_creacion: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  fecha_actualizacion: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
}

/** Todo miembro que el tutorial responde está, con su mismo valor. Los que se añaden no molestan. */
const tieneLoDe = (nuestro: unknown, suyo: unknown, donde = ''): void => {
  const forma = DE_CADA_VEZ[donde.slice(donde.lastIndexOf('/') + 1)]
  if (forma !== undefined) assert.match(String(nuestro), forma, donde)
  else if (typeof suyo !== 'object' || suyo === null) assert.equal(nuestro, suyo, donde)
  else {
    assert.equal(Array.isArray(nuestro) ? nuestro.length : undefined, Array.isArray(suyo) ? suyo.length : undefined, donde)
    for (const [clave, valor] of Object.entries(suyo)) tieneLoDe((nuestro as Record<string, unknown>)[clave], valor, `${donde}/${clave}`)
  }
}

const IGUALES = ['salud', 'sin itinerarios', 'lista vacia', 'reserva de un leg', 'comando'] as const

for (const nombre of IGUALES)
  test(`como el tutorial: ${nombre}`, async () => {
    const { respuesta: suya, ...caso } = casoDe(nombre)
    const nuestra = await repetir({ respuesta: suya, ...caso })
    assert.equal(nuestra.estado, suya.status)
    tieneLoDe(nuestra.json(), suya.cuerpo)
  })

const CONSULTAS = ['consulta', 'consulta por query'] as const

for (const nombre of CONSULTAS)
  test(`como el tutorial: ${nombre}, salvo el id, que es el que se pidió (B01), y el nombre de cada aeropuerto, que no se pierde (B38)`, async () => {
    const { id } = (await repetir(casoDe('reserva de un leg'))).json<{ id: string }>()
    const { peticion, respuesta: suya, caso } = casoDe(nombre)
    const camino = peticion.camino.replace(/[^/]+$/, id)
    const nuestra = await repetir({ caso, respuesta: suya, peticion: { ...peticion, camino } })
    assert.equal(nuestra.estado, suya.status)
    const conNombres = JSON.parse(JSON.stringify(suya.cuerpo), function (this: { codigo?: string }, clave, valor) {
      return clave === 'nombre' ? `${this.codigo} aeropuerto` : valor
    })
    tieneLoDe(nuestra.json(), conNombres)
    assert.equal(nuestra.json().id, id)
  })

/** Donde se responde otra cosa a propósito, y por qué. */
const DISTINTOS: readonly (readonly [etiqueta: string, caso: string, Expectativa])[] = [
  ['B23', 'especificacion', responde(200, { openapi: '3.1.0' })],
  ['B19', 'lista', ({ json }) => assert.deepEqual(json(), [])],
  ['B19', 'lista por query', ({ json }) => assert.deepEqual(json(), [])],
  ['B06', 'itinerario vacio', rompe('ItinerarioConOdos')],
  ['B04', 'origen igual a destino', rompe('RutaValida', 'La ruta propuesta es incorrecta')],
  [
    'B21',
    'fecha con otro formato',
    senala(
      'datos_invalidos',
      '/itinerarios/0/odos/0/segmentos/0/legs/0/fecha_salida',
      '/itinerarios/0/odos/0/segmentos/0/legs/0/fecha_llegada',
    ),
  ],
  ['B20', 'id desconocido', esProblema(404, 'reserva_no_encontrada')],
  ['B21', 'json roto', esProblema(400, 'json_mal_formado')],
  ['B21', 'verbo', esProblema(405, 'metodo_no_permitido')],
  ['B21', 'camino', esProblema(404, 'ruta_desconocida')],
]

for (const [etiqueta, nombre, esperado] of DISTINTOS)
  test(`${etiqueta} a propósito distinto del tutorial: ${nombre}`, async () => esperado(await repetir(casoDe(nombre))))

test('no hay caso grabado del que no se diga si es igual o distinto', () => {
  const vistos: readonly string[] = [...IGUALES, ...CONSULTAS, ...DISTINTOS.map(([, caso]) => caso)]
  assert.deepEqual(vistos.toSorted(), grabado.http.map(({ caso }) => caso).toSorted())
})
