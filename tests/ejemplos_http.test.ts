import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { conValores, type Ejemplo, ejemplosDe, type Respuestas } from '../herramientas/ejemplos_http.ts'
import { conProceso } from '../herramientas/proceso_de_paso.ts'

const RAIZ = dirname(import.meta.dirname)
const EJEMPLOS = ejemplosDe(readFileSync(join(RAIZ, 'ejemplos.http'), 'utf8'))

const enDias = (dias: number): string => new Date(Date.now() + dias * 86_400_000).toISOString().slice(0, 10)

const pedir = async (ejemplo: Ejemplo, variables: Readonly<Record<string, string>>, respuestas: Respuestas): Promise<string> => {
  const valor = (texto: string): string => conValores(texto, variables, respuestas)
  const respuesta = await fetch(valor(ejemplo.url), {
    method: ejemplo.metodo,
    headers: Object.fromEntries(Object.entries(ejemplo.cabeceras).map(([nombre, texto]) => [nombre, valor(texto)])),
    ...(ejemplo.cuerpo !== undefined && { body: valor(ejemplo.cuerpo) }),
  })
  const texto = await respuesta.text()
  assert.equal(respuesta.status, ejemplo.estado, `${ejemplo.titulo}: ${texto}`)
  return texto
}

test('cada ejemplo de ejemplos.http responde lo que dice', () =>
  conProceso(async (api, clave) => {
    const actor = firmarActor(clave, { id: 'operador-1', rol: 'operador' }, Date.now() + 60_000)
    const respuestas = new Map<string, Record<string, unknown>>()
    for (const ejemplo of EJEMPLOS) {
      const texto = await pedir(ejemplo, { api, actor, fecha: enDias(40), regreso: enDias(47) }, respuestas)
      if (ejemplo.nombre !== undefined) respuestas.set(ejemplo.nombre, JSON.parse(texto))
    }
    assert.ok(respuestas.size > 0)
  }))

/** `/operaciones/{{aceptada.response.body.$.id}}?x=1` y `/operaciones/{id}` son la misma ruta. */
const rutaDe = ({ metodo, url }: Ejemplo): string =>
  `${metodo} ${url
    .replace('{{api}}', '')
    .replace(/\?.*/, '')
    .replaceAll(/\{\{[^}]+\}\}/g, '{id}')}`

test('ninguna ruta de la API se queda sin ejemplo', () => {
  const { paths } = JSON.parse(readFileSync(join(RAIZ, 'contratos/openapi.json'), 'utf8')) as { paths: Record<string, object> }
  const rutas = Object.entries(paths).flatMap(([camino, metodos]) =>
    Object.keys(metodos).map((metodo) => `${metodo.toUpperCase()} ${camino}`),
  )
  const conEjemplo = new Set(EJEMPLOS.map(rutaDe))
  assert.deepEqual(
    rutas.filter((ruta) => !conEjemplo.has(ruta.replaceAll(/\{\w+\}/g, '{id}'))),
    [],
  )
})
