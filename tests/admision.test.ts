import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { type TestContext, test } from 'node:test'
import { crearAdmision, espacioDe } from 'aeroalpes-api/api/admision.ts'
import { type Atraso, SALIDA } from 'seedwork/infraestructura/broker/puerto.ts'
import { type Api, abrirApiPorPartes } from './apoyo/api.ts'
import { filas } from './apoyo/archivo.ts'
import { entornoAdelantable } from './apoyo/entornos.ts'
import { cuando, esProblema, lleva, responde } from './apoyo/frases.ts'
import { hastaQue, publicar } from './apoyo/hechos.ts'
import { consumidorRetenido } from './apoyo/retenido.ts'

/** Una API cuyo consumidor de comandos está detenido, y un reloj de esperas que se adelanta. */
const abrirRetenida = async (t: TestContext) => {
  const comandos = consumidorRetenido('comandos-reserva')
  const entorno = entornoAdelantable()
  const api = await abrirApiPorPartes({ entorno, broker: comandos.broker, alCerrar: comandos.soltar })
  t.after(api.cerrar)
  return { api, soltar: comandos.soltar, adelantar: entorno.adelantar }
}

/** Todo lo que pediría algo para después se rechaza sin escribir nada; lo síncrono y las lecturas siguen. */
const noAceptaPeroAtiende = async (api: Api): Promise<void> => {
  const { id } = await api.invitado.unaReserva()
  const antes = await filas(api)
  for (const pedir of [
    () => api.invitado.reservarDespues(),
    () => api.invitado.reservarDespues(undefined, { 'idempotency-key': 'una' }),
    () => api.invitado.aprobar(id),
    () => api.invitado.cancelar(id),
  ])
    await cuando(pedir).entonces(esProblema(503, 'cola_llena'), lleva('retry-after', /^[1-9][0-9]?$/))
  assert.deepEqual(await filas(api), antes)
  await cuando(() => api.invitado.reserva(id)).entonces(responde(200))
  await cuando(() => api.invitado.pedir('GET', '/health')).entonces(responde(200))
}

const pendientes = (api: Api): number =>
  api.sistema.broker.atrasos().find(({ topico }) => topico === 'comandos-reserva')?.pendientes ?? Number.NaN

test('con diez mil comandos en espera no se acepta otro, hasta que hay lugar', async (t) => {
  const { api, soltar } = await abrirRetenida(t)
  const basura = { topico: 'comandos-reserva', llave: 'k', datos: new Uint8Array(), propiedades: {} }
  await publicar(api, ...Array.from({ length: 9_999 }, (_, i) => ({ ...basura, id: `b${i}` })))
  await cuando(() => api.invitado.reservarDespues()).entonces(responde(202))
  await noAceptaPeroAtiende(api)
  soltar()
  await hastaQue('hay lugar', async () => pendientes(api) < 9_990)
  await cuando(() => api.invitado.reservarDespues()).entonces(responde(202))
})

test('con un comando que espera hace más de treinta segundos tampoco, y se dice cuánto; al ponerse al día, sí', async (t) => {
  const { api, soltar, adelantar } = await abrirRetenida(t)
  const aceptadas = [await api.invitado.reservarDespues(), await api.invitado.reservarDespues()]
  adelantar(29_000)
  aceptadas.push(await api.invitado.reservarDespues())
  adelantar(2_000)
  await cuando(() => api.invitado.reservarDespues()).entonces(lleva('retry-after', /^3[1-9]$/))
  await noAceptaPeroAtiende(api)
  soltar()
  for (const aceptada of aceptadas) assert.equal((await api.invitado.desenlace(aceptada)).estado, 'completada')
  await cuando(() => api.invitado.reservarDespues()).entonces(responde(202))
})

test('una llave rechazada por la cola llena sigue libre', async (t) => {
  const { api, soltar, adelantar } = await abrirRetenida(t)
  const llave = { 'idempotency-key': 'una' }
  const aceptadas = [await api.invitado.reservarDespues(), await api.invitado.reservarDespues()]
  adelantar(31_000)
  await cuando(() => api.invitado.reservarDespues(undefined, llave)).entonces(esProblema(503, 'cola_llena'))
  soltar()
  for (const aceptada of aceptadas) await api.invitado.desenlace(aceptada)
  await cuando(() => api.invitado.reservarDespues(undefined, llave)).entonces(responde(202), lleva('idempotent-replayed', null))
})

test('una cola atrasada degrada el servicio, lo dice y lo mide, y nunca lo da por caído', async (t) => {
  const { api, soltar, adelantar } = await abrirRetenida(t)
  await cuando(() => api.invitado.pedir('GET', '/health/ready')).entonces(responde(200, { status: 'up', atrasados: [] }))
  const aceptadas = [await api.invitado.reservarDespues(), await api.invitado.reservarDespues()]
  adelantar(31_000)
  const quien = { topico: 'comandos-reserva', suscripcion: 'aeroalpes-sub-comandos' }
  await cuando(() => api.invitado.pedir('GET', '/health/ready')).entonces(
    responde(200, { status: 'degradado', atrasados: [{ ...quien, pendientes: 2 }] }),
  )
  const etiquetas = `{topico="${quien.topico}",suscripcion="${quien.suscripcion}"}`
  const { texto } = await api.invitado.pedir('GET', '/metrics')
  assert.ok(texto.includes(`broker_pendientes${etiquetas} 2`))
  assert.match(texto, new RegExp(`broker_atraso_segundos\\${etiquetas} 3[1-9]`))
  soltar()
  for (const aceptada of aceptadas) await api.invitado.desenlace(aceptada)
  await cuando(() => api.invitado.pedir('GET', '/health/ready')).entonces(responde(200, { status: 'up', atrasados: [] }))
})

const CORTO = {
  planificador: { enseguida: () => {}, tras: () => ({ cancelar: () => {} }) },
  esperaDelBrokerMs: 3_600_000,
  topico: 'comandos-reserva',
  nombre: 'aeroalpes-sub-comandos',
}
const conAtrasos = (...atrasos: readonly Atraso[]) => crearAdmision({ ...CORTO, broker: { atrasos: () => atrasos } })
const sinSalir = (pendientes: number, edadMs: number): Atraso => ({ topico: 'comandos-reserva', suscripcion: SALIDA, pendientes, edadMs })

test('con el broker ausente se sigue aceptando, por mucho que se junte, hasta que lo más viejo pasa del plazo; entonces nada se escribe', () => {
  const cola = { topico: 'comandos-reserva', suscripcion: 'aeroalpes-sub-comandos', pendientes: 300_000, edadMs: 0 }
  const dentro = conAtrasos(cola, sinSalir(300_000, 600_000))
  dentro.comando()
  assert.equal(dentro.escritura.cerrada, undefined)
  const fuera = conAtrasos(sinSalir(1, 3_600_001))
  assert.equal(fuera.escritura.cerrada?.codigo, 'cola_llena')
  assert.throws(fuera.comando, { codigo: 'cola_llena', reintentarEn: 60 })
  // De vuelta el broker, lo que ya salió y no se ha cumplido cuenta como siempre.
  assert.throws(conAtrasos(cola, sinSalir(280_000, 600_000)).comando, { codigo: 'cola_llena' })
})

test('con el disco casi lleno no se escribe nada; uno grande no está casi lleno porque le quede poco en proporción', () => {
  const con = (libre: number, total: number) =>
    crearAdmision({ ...CORTO, broker: { atrasos: () => [] }, espacio: () => ({ libre, total }) })
  const GIB = 1024 ** 3
  assert.throws(con(GIB / 2, 20 * GIB).comando, { codigo: 'sin_espacio', reintentarEn: 60 })
  con(2 * GIB, 1_000 * GIB).comando()
  assert.equal(con(GIB / 10, GIB).escritura.cerrada, undefined)
})

test('lo libre en el disco es lo que dice el sistema', () => {
  const { libre, total } = espacioDe(tmpdir())()
  assert.ok(libre > 0 && libre <= total)
})
