import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clase, ErrorDominio, noDisponible } from '../dominio/errores.ts'
import { ReglaRota } from '../dominio/reglas.ts'
import { CATALOGO } from './catalogo.ts'
import { cuerpoDe, problemaDe } from './problema.ts'

const ESTADOS: Readonly<Record<Clase, number>> = {
  regla: 400,
  invalido: 422,
  no_encontrado: 404,
  conflicto: 409,
  demasiado: 429,
  no_disponible: 503,
  no_autenticado: 401,
  prohibido: 403,
  interno: 500,
}
const texto = { es: 'Frase.', en: 'Sentence.' }

for (const [clase, estado] of Object.entries(ESTADOS)) {
  test(`la clase ${clase} responde ${estado}`, () => {
    assert.equal(problemaDe(new ErrorDominio({ codigo: 'c', clase: clase as Clase, texto })).estado, estado)
  })
}

test('una regla rota lleva el miembro error en español aunque se pida inglés', () => {
  const problema = problemaDe(new ReglaRota('MinimoUno', texto))
  assert.deepEqual(JSON.parse(cuerpoDe(problema, 'en', 'c-1')), {
    type: '/problemas/MinimoUno',
    title: 'A business rule is broken',
    status: 400,
    detail: 'Sentence.',
    codigo: 'MinimoUno',
    instance: 'c-1',
    error: 'MinimoUno - Frase.',
  })
})

test('un JSON mal formado es de la clase inválido pero responde 400', () => {
  assert.equal(problemaDe(new ErrorDominio({ codigo: 'json_mal_formado', clase: 'invalido', texto })).estado, 400)
})

test('lo no disponible dice siempre en cuántos segundos enteros repetir', () => {
  assert.equal(problemaDe(noDisponible('x', texto)).cabeceras?.['retry-after'], '1')
  assert.equal(problemaDe(noDisponible('x', texto, { reintentarEn: 2.1 })).cabeceras?.['retry-after'], '3')
  assert.equal(problemaDe(new ErrorDominio({ codigo: 'x', clase: 'no_disponible', texto })).cabeceras?.['retry-after'], '1')
  assert.equal(problemaDe(new ErrorDominio({ codigo: 'x', clase: 'conflicto', texto, reintentarEn: 0.2 })).cabeceras?.['retry-after'], '1')
  assert.equal(problemaDe(new ErrorDominio({ codigo: 'x', clase: 'conflicto', texto })).cabeceras?.['retry-after'], undefined)
})

test('un código con nombre de método heredado no se confunde con el catálogo', () => {
  assert.equal(problemaDe(new ErrorDominio({ codigo: 'constructor', clase: 'conflicto', texto })).estado, 409)
})

test('quien no se reconoce recibe la cabecera que el 401 exige', () => {
  assert.equal(problemaDe(new ErrorDominio({ codigo: 'x', clase: 'no_autenticado', texto })).cabeceras?.['www-authenticate'], 'X-Actor')
})

test('de un error interno no sale ningún detalle', () => {
  assert.equal(problemaDe(new ErrorDominio({ codigo: 'x', clase: 'interno', texto })).detalle, undefined)
  for (const extraño of [new Error('secreto'), 'secreto', null, undefined, 7, Object.assign(new Error('secreto'), { statusCode: 503 })]) {
    const problema = problemaDe(extraño)
    assert.deepEqual([problema.estado, problema.codigo], [500, 'error_interno'])
    assert.doesNotMatch(cuerpoDe(problema, 'es', 'c'), /secreto/)
  }
})

test('los errores de Fastify tienen código propio y los 4xx ajenos el de su estado', () => {
  const de = (datos: object): string => problemaDe(Object.assign(new Error('English text'), datos)).codigo
  assert.equal(de({ code: 'FST_ERR_CTP_BODY_TOO_LARGE', statusCode: 413 }), 'cuerpo_demasiado_grande')
  assert.equal(de({ code: 'FST_ERR_MAX_PARAM_LENGTH', statusCode: 414 }), 'no_encontrado')
  assert.equal(de({ code: 'OTRO', statusCode: 404 }), 'no_encontrado')
  assert.equal(de({ code: 'toString', statusCode: 418 }), 'peticion_mal_formada')
})

test('los errores se cortan en cincuenta', () => {
  const errores = Array(60).fill({ puntero: '/a', texto })
  assert.equal(problemaDe(new ErrorDominio({ codigo: 'x', clase: 'invalido', texto, errores })).errores?.length, 50)
})

test('cada entrada del catálogo dice lo mismo en dos idiomas distintos', () => {
  for (const [codigo, { titulo, detalle }] of Object.entries(CATALOGO)) {
    for (const { es, en } of [titulo, detalle]) assert.ok(es !== '' && en !== '' && es !== en, codigo)
  }
})
