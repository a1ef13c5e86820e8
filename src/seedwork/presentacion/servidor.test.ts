import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { ErrorDominio, noDisponible } from '../dominio/errores.ts'
import { firmarActor } from './actor.ts'
import { servidorDePrueba } from './servidor_de_prueba.ts'

const JSON_TIPO = { 'content-type': 'application/json' }

const esProblema = (respuesta: LightMyRequestResponse, estado: number, codigo: string): Record<string, unknown> => {
  assert.equal(respuesta.statusCode, estado)
  assert.equal(respuesta.headers['content-type'], 'application/problem+json; charset=utf-8')
  const cuerpo = respuesta.json<Record<string, unknown>>()
  assert.deepEqual([cuerpo.status, cuerpo.codigo, cuerpo.type], [estado, codigo, `/problemas/${codigo}`])
  assert.equal(cuerpo.instance, respuesta.headers['x-correlation-id'])
  assert.equal(respuesta.headers['content-language'], 'es')
  assert.equal(respuesta.headers.vary, 'Accept-Language')
  assert.equal(respuesta.headers['x-content-type-options'], 'nosniff')
  assert.equal(respuesta.headers['cache-control'], 'no-store')
  return cuerpo
}

const publicar = (cuerpo: string | Buffer, cabeceras: Record<string, string> = JSON_TIPO): Promise<LightMyRequestResponse> =>
  servidorDePrueba().servidor.inject({ method: 'POST', url: '/eco', headers: cabeceras, payload: cuerpo })

const anidado = (niveles: number): string => '['.repeat(niveles) + ']'.repeat(niveles)

const malos: readonly (readonly [string, string | Buffer, number, string])[] = [
  ['JSON mal formado', '{"a":', 400, 'json_mal_formado'],
  ['UTF-8 inválido', Buffer.from([0x22, 0xff, 0x22]), 400, 'json_mal_formado'],
  ['un cuerpo vacío', '', 400, 'cuerpo_vacio'],
  ['veintiún niveles', anidado(21), 422, 'json_demasiado_profundo'],
  ['mil un elementos', `[${Array(1_001).fill(0).join(',')}]`, 422, 'lista_demasiado_larga'],
  ['__proto__', '{"__proto__":{"intruso":1}}', 422, 'clave_prohibida'],
  ['__proto__ escapado', '{"\\u005f\\u005fproto__":{"intruso":1}}', 422, 'clave_prohibida'],
  ['más de 64 KB', `"${'x'.repeat(65_536)}"`, 413, 'cuerpo_demasiado_grande'],
]

for (const [nombre, cuerpo, estado, codigo] of malos) {
  test(`B21 ${nombre} se responde con ${estado} ${codigo}`, async () => {
    esProblema(await publicar(cuerpo), estado, codigo)
    assert.equal(({} as { intruso?: unknown }).intruso, undefined)
  })
}

test('64 KB exactos, veinte niveles, mil elementos, claves repetidas y marca de orden de bytes se admiten', async () => {
  const buenos = [`"${'x'.repeat(65_534)}"`, anidado(20), `[${Array(1_000).fill(0).join(',')}]`, '{"a":1,"a":2}', '\ufeff{}']
  for (const bueno of buenos) assert.equal((await publicar(bueno)).statusCode, 200)
})

test('B21 otro tipo de contenido, o ninguno, se responde con 415', async () => {
  for (const tipo of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'json', 'application/merge-patch+json']) {
    esProblema(await publicar('{}', { 'content-type': tipo }), 415, 'tipo_no_admitido')
  }
  assert.equal((await publicar('{}', { 'content-type': 'application/json; charset=utf-8' })).statusCode, 200)
})

test('B21 una ruta desconocida se responde con 404 sin mirar su cuerpo', async () => {
  const { servidor } = servidorDePrueba()
  esProblema(await servidor.inject('/nada'), 404, 'ruta_desconocida')
  esProblema(await servidor.inject({ method: 'POST', url: '/nada?x=1', headers: JSON_TIPO, payload: '{' }), 404, 'ruta_desconocida')
})

test('B21 otro verbo se responde con 405 y los que sí se admiten', async () => {
  const { servidor } = servidorDePrueba()
  const borrar = await servidor.inject({ method: 'DELETE', url: '/cosas/7?x=1', headers: JSON_TIPO, payload: '{' })
  esProblema(borrar, 405, 'metodo_no_permitido')
  assert.equal(borrar.headers.allow, 'GET, HEAD')
  const propfind = await servidor.inject({ method: 'PROPFIND' as 'GET', url: '/eco' })
  esProblema(propfind, 405, 'metodo_no_permitido')
  assert.equal(propfind.headers.allow, 'POST')
})

test('una dirección ilegible se responde con 400 y un identificador desmedido con 404', async () => {
  const { servidor, lineas } = servidorDePrueba()
  esProblema(await servidor.inject('/cosas/%zz'), 400, 'url_mal_formada')
  esProblema(await servidor.inject(`/cosas/${'7'.repeat(200)}`), 404, 'no_encontrado')
  assert.deepEqual(
    lineas.map(({ estado }) => estado),
    [400, 404],
  )
})

test('los nombres que llevan al prototipo tampoco se admiten en la consulta', async () => {
  const { servidor } = servidorDePrueba()
  esProblema(await servidor.inject('/lista?__proto__=1'), 422, 'clave_prohibida')
  esProblema(await servidor.inject('/lista?%5f%5fproto__=1'), 422, 'clave_prohibida')
})

test('una regla rota responde 400 con el miembro error del tutorial', async () => {
  const { servidor } = servidorDePrueba()
  const cuerpo = esProblema(await servidor.inject({ method: 'POST', url: '/regla' }), 400, 'MinimoUno')
  assert.equal(cuerpo.error, 'MinimoUno - La lista debe tener al menos un elemento')
})

test('lo no disponible responde 503 con Retry-After', async () => {
  const { servidor } = servidorDePrueba()
  const respuesta = await servidor.inject({ method: 'POST', url: '/clase', payload: { clase: 'no_disponible', reintentarEn: 2 } })
  esProblema(respuesta, 503, 'c')
  assert.equal(respuesta.headers['retry-after'], '2')
})

test('la causa de lo no disponible queda en la bitácora y no en la respuesta', async () => {
  const { servidor, lineas } = servidorDePrueba({}, (s) =>
    s.get('/lleno', () => {
      throw noDisponible('almacen_lleno', { es: 'No hay lugar.', en: 'No room.' }, { causa: new Error('SQLITE_FULL') })
    }),
  )
  const respuesta = await servidor.inject('/lleno')
  esProblema(respuesta, 503, 'almacen_lleno')
  assert.doesNotMatch(respuesta.body, /SQLITE/)
  assert.match(JSON.stringify(lineas.find(({ level }) => level === 40)), /SQLITE_FULL/)
})

test('el título y el detalle hablan inglés a quien lo prefiere', async () => {
  const { servidor } = servidorDePrueba()
  const respuesta = await servidor.inject({ url: '/cosas/7', headers: { 'accept-language': 'es;q=0.1, en' } })
  assert.equal(respuesta.headers['content-language'], 'en')
  assert.deepEqual([respuesta.json().title, respuesta.json().detail], ['Not found', 'There is no such thing.'])
})

test('un error sin prever responde 500 sin detalle y queda entero en la bitácora', async () => {
  const { servidor, lineas } = servidorDePrueba()
  const respuesta = await servidor.inject({ url: '/roto', headers: { 'x-correlation-id': 'c-9' } })
  esProblema(respuesta, 500, 'error_interno')
  assert.doesNotMatch(respuesta.body, /secreto|\.ts/)
  const error = lineas.find(({ level }) => level === 50) as { correlacion: string; err: { message: string; stack: string } }
  assert.equal(error.correlacion, 'c-9')
  assert.match(error.err.stack, /secreto de la casa[\s\S]+servidor_de_prueba/)
})

test('cada respuesta deja una sola línea con lo que hace falta para buscarla', async () => {
  const { servidor, lineas } = servidorDePrueba({}, (s) =>
    s.get('/abre', (peticion, respuesta) => {
      peticion.operacion = 'op-1'
      return respuesta.code(202).send({})
    }),
  )
  await servidor.inject({ url: '/abre?x=1', headers: { 'x-correlation-id': 'c-1' } })
  await servidor.inject('/cosas/7')
  const [abre, cosas, ...mas] = lineas
  assert.deepEqual(mas, [])
  const { ms, ...resto } = abre as { ms: number }
  assert.ok(ms >= 0)
  const { level: _, time: __, pid: ___, hostname: ____, ...dicho } = resto as Record<string, unknown>
  assert.deepEqual(dicho, { metodo: 'GET', ruta: '/abre', estado: 202, correlacion: 'c-1', operacion: 'op-1', msg: 'respuesta' })
  assert.deepEqual([cosas?.ruta, cosas?.codigo], ['/cosas/:id', 'cosa_desconocida'])
})

test('la correlación y la traza del pedido llegan al manejador y la correlación vuelve', async () => {
  const { servidor } = servidorDePrueba()
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const suya = await servidor.inject({ url: '/quien', headers: { 'x-correlation-id': 'mia', traceparent } })
  assert.equal(suya.headers['x-correlation-id'], 'mia')
  assert.deepEqual(suya.json(), { actor: { id: 'anonimo', rol: 'anonimo' }, correlacion: 'mia', traceparent })
  const nueva = await servidor.inject({ url: '/quien', headers: { 'x-correlation-id': 'con espacio', traceparent: 'x' } })
  assert.equal(nueva.headers['x-correlation-id'], 'id-1')
  assert.deepEqual(nueva.json(), { actor: { id: 'anonimo', rol: 'anonimo' }, correlacion: 'id-1' })
})

test('un actor firmado llega al manejador; uno falso o vencido recibe 401', async () => {
  const clave = randomBytes(32)
  const { servidor } = servidorDePrueba({ autenticacion: { clave, ahora: () => 1_000 } })
  const con = (cabecera: string) => servidor.inject({ url: '/quien', headers: { 'x-actor': cabecera } })
  const operador = { id: 'op1', rol: 'operador' } as const
  assert.deepEqual((await con(firmarActor(clave, operador, 2_000))).json().actor, operador)
  for (const mala of [firmarActor(clave, operador, 1_000), firmarActor(randomBytes(32), operador, 2_000), 'x']) {
    const respuesta = await con(mala)
    esProblema(respuesta, 401, 'actor_invalido')
    assert.equal(respuesta.headers['www-authenticate'], 'X-Actor')
  }
})

test('la página de un código se sirve en HTML, o en JSON, en el idioma pedido', async () => {
  const { servidor } = servidorDePrueba({
    problemas: {
      MinimoUno: {
        significa: { es: 'Al menos <uno>.', en: 'At least <one>.' },
        hacer: { es: 'Pon uno.', en: 'Put one.' },
      },
    },
  })
  const pagina = await servidor.inject('/problemas/MinimoUno')
  assert.equal(pagina.headers['content-type'], 'text/html; charset=utf-8')
  assert.match(pagina.body, /<html lang="es">[\s\S]*<p>Al menos &lt;uno&gt;\.<\/p>\n<h2>Qué hacer<\/h2>\n<p>Pon uno\.<\/p>/)
  const enJson = await servidor.inject({
    url: '/problemas/json_mal_formado',
    headers: { accept: 'application/json', 'accept-language': 'en' },
  })
  assert.deepEqual(enJson.json(), { codigo: 'json_mal_formado', detail: 'The body is not UTF-8 JSON.' })
  assert.match((await servidor.inject('/problemas/toString')).body, /no tiene más explicación/)
  esProblema(await servidor.inject('/problemas/%3Cscript%3E'), 404, 'ruta_desconocida')
})

test('ningún error del dominio se escapa de su clase en una ruta de verdad', async () => {
  const { servidor } = servidorDePrueba({}, (s) =>
    s.get('/prohibido', () => {
      throw new ErrorDominio({ codigo: 'no_es_suyo', clase: 'prohibido', texto: { es: 'No.', en: 'No, thanks.' } })
    }),
  )
  esProblema(await servidor.inject('/prohibido'), 403, 'no_es_suyo')
})
