import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { leerClave } from 'seedwork/infraestructura/proceso/clave.ts'
import { archivosDeTexto } from '../herramientas/archivos.ts'
import { abrirApi } from './apoyo/api.ts'
import { cuando, esProblema, lleva, rompe } from './apoyo/frases.ts'
import { ID_DE_NADIE, unPedido } from './apoyo/pedidos.ts'

const api = await abrirApi()
after(api.cerrar)
const { invitado } = api

/** Una sesión del tutorial: un pickle firmado con la clave que está en su repositorio. Abrirla ejecutaría lo que diga. */
const PICKLE = 'session=.eJwNyMENgCAMAMBdOoGhpS24DSVUH0YTIC_j7vrvXjA8BwwwYIEFNmiwwwEVTmhwQYcb-vD9D2N9EQ.Zzz.AAAA'

test('B25 B26 ninguna respuesta pone una cookie, buena o mala', async () => {
  const { id } = await invitado.unaReserva()
  for (const [metodo, camino, cuerpo] of [
    ['POST', '/vuelos/reserva', unPedido()],
    ['POST', '/vuelos/reserva', {}],
    ['POST', '/vuelos/reserva', 7],
    ['POST', '/vuelos/reserva-comando', unPedido()],
    ['POST', `/vuelos/reserva/${id}/aprobar`, undefined],
    ['GET', `/vuelos/reserva/${id}`, undefined],
    ['GET', `/vuelos/reserva/${ID_DE_NADIE}`, undefined],
    ['GET', '/vuelos/reserva', undefined],
    ['GET', '/docs', undefined],
    ['GET', '/no/existe', undefined],
  ] as const)
    await cuando(() => invitado.pedir(metodo, camino, cuerpo === undefined ? {} : { cuerpo })).entonces(lleva('set-cookie', null))
})

test('B25 B27 una cookie de otro servicio, o forjada, no se lee: la respuesta es la misma que sin ella', async () => {
  const { id } = await invitado.unaReserva()
  const sin = await invitado.reserva(id)
  for (const cookie of [PICKLE, 'session=gASVKAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU', `session=${'x'.repeat(4_000)}`, ';;;=;'])
    assert.equal((await invitado.pedir('GET', `/vuelos/reserva/${id}`, { cabeceras: { cookie } })).texto, sin.texto)
})

test('B26 un pedido que falla no envenena los siguientes del mismo cliente', async () => {
  for (let i = 0; i < 3; i++) {
    await cuando(() => invitado.reservar({}, { cookie: PICKLE })).entonces(rompe('MinimoUnItinerario'))
    await cuando(() => invitado.reservar({ itinerarios: 7 }, { cookie: PICKLE })).entonces(esProblema(422, 'datos_invalidos'))
    await cuando(() => invitado.reservar(unPedido(), { cookie: PICKLE })).entonces(({ estado }) => assert.equal(estado, 200))
  }
})

const RAIZ = join(import.meta.dirname, '..')

const carpetaNueva = (t: TestContext): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'clave-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  return carpeta
}

test('B62 la clave con que se firma se crea al azar en cada carpeta de datos, y sólo su dueño la lee', (t) => {
  const [una, otra] = [carpetaNueva(t), carpetaNueva(t)]
  const clave = leerClave(una)
  assert.ok(clave.length >= 32)
  assert.deepEqual(leerClave(una), clave)
  assert.notDeepEqual(leerClave(otra), clave)
  assert.equal(statSync(join(una, 'clave-actor')).mode & 0o077, 0)
})

test('B62 ningún archivo del repositorio lleva una clave', () => {
  const sospechoso = /-----BEGIN [A-Z ]*PRIVATE KEY|(?:secret_?key|password|clave_secreta)["']?\s*[:=]\s*["'][^"']{8,}["']/i
  const culpables = archivosDeTexto(RAIZ).filter(({ ruta, texto }) => ruta !== 'tests/sin_sesion.test.ts' && sospechoso.test(texto))
  assert.deepEqual(
    culpables.map(({ ruta }) => ruta),
    [],
  )
})
