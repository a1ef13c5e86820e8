import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import type { Problema } from './problema.ts'
import { idsDePrueba, servidorDePrueba } from './servidor_de_prueba.ts'

type Cuerpo = Readonly<{ codigo: string; errors?: readonly Readonly<{ pointer: string; detail: string }>[] }>

const Esquema = Type.Object(
  {
    nombre: Type.String({ minLength: 2, maxLength: 5 }),
    vuelos: Type.Optional(Type.Array(Type.Object({ 'a/b': Type.Integer({ minimum: 1, maximum: 9 }) }), { minItems: 1, maxItems: 2 })),
    clase: Type.Optional(Type.Union([Type.Literal('economica'), Type.Literal('ejecutiva')])),
    tipo: Type.Optional(Type.Enum(['a', 'b'])),
    dia: Type.Optional(Type.String({ format: 'date' })),
    hora: Type.Optional(Type.String({ format: 'hora' })),
    codigo: Type.Optional(Type.String({ pattern: '^[A-Z]+$' })),
    nulo: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { additionalProperties: false },
)

const validar = async (cuerpo: unknown, idioma = 'es'): Promise<readonly (readonly [string, string])[]> => {
  const hora = { seCumple: (texto: string) => /^\d\d:\d\d$/.test(texto), texto: { es: 'debe ser una hora', en: 'must be an hour' } }
  const { servidor } = servidorDePrueba({ ids: idsDePrueba(), formatos: { hora } }, (s) =>
    s.post('/x', { schema: { body: Esquema } }, (_, respuesta) => respuesta.send({})),
  )
  const respuesta = await servidor.inject({ method: 'POST', url: '/x', payload: cuerpo as object, headers: { 'accept-language': idioma } })
  if (respuesta.statusCode === 200) return []
  assert.equal(respuesta.statusCode, 422)
  const { codigo, errors = [] } = respuesta.json<Cuerpo>()
  assert.equal(codigo, 'datos_invalidos')
  return errors.map(({ pointer, detail }) => [pointer, detail] as const)
}

const casos: readonly (readonly [unknown, string, string, string])[] = [
  [{}, '/nombre', 'es obligatorio', 'is required'],
  [{ nombre: 7 }, '/nombre', 'debe ser un texto', 'must be a text'],
  [{ nombre: '7', vuelos: { a: 1 } }, '/nombre', 'debe tener al menos 2 caracteres', 'must have at least 2 characters'],
  [{ nombre: 'abcdef' }, '/nombre', 'debe tener como mucho 5 caracteres', 'must have at most 5 characters'],
  [{ nombre: 'ana', otro: 1 }, '/otro', 'no se admite', 'is not accepted'],
  [{ nombre: 'ana', vuelos: [] }, '/vuelos', 'debe tener al menos 1 elemento', 'must have at least 1 item'],
  [{ nombre: 'ana', vuelos: [{}] }, '/vuelos/0/a~1b', 'es obligatorio', 'is required'],
  [{ nombre: 'ana', vuelos: [{ 'a/b': 0 }] }, '/vuelos/0/a~1b', 'debe ser 1 o más', 'must be 1 or more'],
  [{ nombre: 'ana', vuelos: [{ 'a/b': '3' }] }, '/vuelos/0/a~1b', 'debe ser un número entero', 'must be an integer'],
  [{ nombre: 'ana', clase: 'x' }, '/clase', 'debe ser uno de: economica, ejecutiva', 'must be one of: economica, ejecutiva'],
  [{ nombre: 'ana', tipo: 'x' }, '/tipo', 'debe ser uno de: a, b', 'must be one of: a, b'],
  [{ nombre: 'ana', dia: 'ayer' }, '/dia', 'debe ser una fecha, como 2022-11-22', 'must be a date, such as 2022-11-22'],
  [{ nombre: 'ana', hora: 'tarde' }, '/hora', 'debe ser una hora', 'must be an hour'],
  [{ nombre: 'ana', codigo: 'x' }, '/codigo', 'no tiene la forma esperada', 'does not have the expected form'],
  [{ nombre: 'ana', nulo: 7 }, '/nulo', 'no tiene ninguna de las formas admitidas', 'has none of the accepted forms'],
  [[], '', 'debe ser un objeto', 'must be an object'],
]

for (const [cuerpo, puntero, es, en] of casos) {
  test(`${JSON.stringify(cuerpo)} falla en «${puntero}»: ${es}`, async () => {
    assert.deepEqual((await validar(cuerpo))[0], [puntero, es])
    assert.deepEqual((await validar(cuerpo, 'en'))[0], [puntero, en])
  })
}

test('todo lo que está mal se dice de una vez, y una unión una sola vez', async () => {
  const errores = await validar({ clase: 'x', dia: 1, nulo: 7 })
  assert.deepEqual(errores.map(([puntero]) => puntero).sort(), ['/clase', '/dia', '/nombre', '/nulo'])
})

test('un cuerpo bueno pasa', async () => {
  assert.deepEqual(await validar({ nombre: 'ana', vuelos: [{ 'a/b': 3 }], clase: 'economica', hora: '10:00', nulo: null }), [])
})

test('de mil errores se cuentan cincuenta', async () => {
  const { servidor } = servidorDePrueba()
  const respuesta = await servidor.inject({ method: 'POST', url: '/legs', payload: Array(1_000).fill({}) })
  assert.equal(respuesta.statusCode, 422)
  assert.equal(respuesta.json<Cuerpo>().errors?.length, 50)
})

test('ni el valor recibido ni una clave desmedida vuelven en la respuesta', async () => {
  const errores = await validar({ nombre: 'V'.repeat(9_000), ['K'.repeat(9_000)]: 1 })
  assert.equal(errores.length, 2)
  assert.ok(JSON.stringify(errores).length < 400)
})

test('un parámetro de ruta mal formado es un 404; uno de consulta, un 422', async () => {
  const { servidor } = servidorDePrueba()
  const ruta = await servidor.inject('/cosas/abc')
  assert.deepEqual([ruta.statusCode, ruta.json<Problema>().codigo], [404, 'no_encontrado'])
  for (const consulta of ['n=x', 'n=1&n=2']) {
    const respuesta = await servidor.inject(`/lista?${consulta}`)
    assert.deepEqual([respuesta.statusCode, respuesta.json<Cuerpo>().errors?.[0]?.pointer], [422, '/n'])
  }
})
