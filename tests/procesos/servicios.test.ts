import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { Client, credentials } from '@grpc/grpc-js'
import { llamar } from 'sidecar/llamar.ts'
import { crearCliente } from '../apoyo/cliente.ts'
import { abrirServidorDeCorreo } from '../apoyo/correo.ts'
import { unaCompra, unaOferta } from '../apoyo/ofertas.ts'
import { abrirPagina, escuchar } from '../apoyo/ui.ts'
import { ocuparPuerto } from './apoyo/enchufes.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { leer } from './apoyo/por_fuera.ts'
import { unosServicios } from './apoyo/servicios.ts'
import { unBanco } from './apoyo/servidor.ts'

const ACEPTA = { AEROALPES_AEROLINEA: 'acepta' }
const TERMINO_BIEN = { codigo: 0, senal: null }

test('cuatro procesos sin broker instalado: una reserva hecha en la página llega por WebSocket, por correo y por gRPC, y SIGTERM los termina en 0', async (t) => {
  const banco = unBanco(t)
  const correo = await abrirServidorDeCorreo({ soloCabeceras: true })
  t.after(correo.cerrar)
  const servicios = unosServicios(banco, { smtp: correo.url, comun: ACEPTA })
  const api = await servicios.arrancar('api')
  const [notificaciones, sidecar, ui] = await Promise.all([
    servicios.arrancar('notificaciones'),
    servicios.arrancar('sidecar'),
    servicios.arrancar('ui'),
  ])
  const pagina = { url: ui.direcciones.ui ?? '' }
  const cookie = await abrirPagina(pagina)
  const oyente = await escuchar(pagina, { cookie })
  const cliente = crearCliente(`${pagina.url}/api`, undefined, { cookie, origin: pagina.url })
  const oferta = await unaOferta(cliente, { origen: 'BOG', destino: 'MAD' })
  const { id } = (await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(oferta) })).json<{ id: string }>()
  await oyente.cuando('la aprobación', (tramas) =>
    tramas.some(({ evento, data }) => evento === 'ReservaAprobada' && data?.id_reserva === id),
  )
  await hastaQue('dos correos', () => correo.aceptados.length === 2)
  const adaptador = new Client(sidecar.direcciones.grpc ?? '', credentials.createInsecure())
  t.after(() => adaptador.close())
  const { mensaje, reserva } = await llamar(adaptador, 'consultarReserva', { id })
  assert.deepEqual([mensaje, reserva?.id, reserva?.estado], ['OK', id, 'APROBADA'])
  assert.deepEqual(await leer(`${pagina.url}/health/ready`).then((salud) => (salud as { status: string }).status), 'up')
  assert.deepEqual(await leer(`${api.direcciones.api}/health/ready`), { status: 'up', atrasados: [] })
  for (const { salida, direcciones } of [notificaciones, ui]) {
    assert.ok(salida().includes(new URL(api.direcciones.broker ?? '').port), 'no dice qué broker usa')
    assert.ok(direcciones.pid > 0)
  }
  for (const proceso of [notificaciones, sidecar, ui, api]) {
    proceso.senal('SIGTERM')
    assert.deepEqual(await proceso.fin(), TERMINO_BIEN, proceso.errores())
  }
  assert.deepEqual(
    readdirSync(banco.carpeta).filter((nombre) => nombre.startsWith('direcciones')),
    [],
  )
  assert.equal(correo.aceptados.length, 2)
})

test('sin API ni broker al arrancar: las notificaciones esperan y lo dicen, la página atiende y lo dice, y todo funciona cuando llegan', async (t) => {
  const banco = unBanco(t)
  const correo = await abrirServidorDeCorreo({ soloCabeceras: true })
  t.after(correo.cerrar)
  const servicios = unosServicios(banco, { smtp: correo.url, comun: ACEPTA })
  const libres = await Promise.all([ocuparPuerto(0), ocuparPuerto(0)])
  const [paraApi, paraBroker] = libres
  servicios.fijar({ api: String(paraApi.puerto), broker: String(paraBroker.puerto), ui: '0' })
  for (const { soltar } of libres) soltar()
  const notificaciones = servicios.lanzar('notificaciones')
  const ui = await servicios.arrancar('ui')
  const salud = () => leer<{ status: string; broker: boolean }>(`${ui.direcciones.ui}/health/ready`)
  await hastaQue('que digan a quién esperan', () =>
    [notificaciones, ui].every(({ salida }) => /no responde el broker/.test(salida()) && /no responde la API/.test(salida())),
  )
  await hastaQue('que la página diga que le falta el broker', async () => (await salud()).status === 'degradado')
  assert.equal(servicios.direcciones('notificaciones'), undefined)
  const api = await servicios.arrancar('api')
  await servicios.listo('notificaciones', notificaciones)
  await hastaQue('que la página lo tenga todo', async () => (await salud()).status === 'up')
  const cliente = crearCliente(api.direcciones.api ?? '')
  await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(await unaOferta(cliente)) })
  await hastaQue('los correos', () => correo.aceptados.length === 2)
})

test('a quien espera por su dependencia se le puede pedir que termine: sale en 0 y no llega a estar listo', async (t) => {
  const banco = unBanco(t)
  const servicios = unosServicios(banco, { smtp: 'smtp://127.0.0.1:9' })
  const [libre] = await Promise.all([ocuparPuerto(0)])
  servicios.fijar({ api: String(libre.puerto), broker: String(libre.puerto), ui: '0' })
  libre.soltar()
  const proceso = servicios.lanzar('notificaciones')
  await hastaQue('que espere', () => /no responde/.test(proceso.salida()))
  proceso.senal('SIGTERM')
  assert.deepEqual(await proceso.fin(), TERMINO_BIEN, proceso.errores())
  assert.equal(servicios.direcciones('notificaciones'), undefined)
})

test('cada proceso lee sólo lo suyo y dice junto todo lo que está mal, sin contar lo secreto', async (t) => {
  const banco = unBanco(t)
  const servicios = unosServicios(banco, { smtp: 'http://usuario:secreto@correo' })
  const mal = {
    BROKER: 'kafka',
    BROKER_HOST: 'uno',
    PULSAR_ADDRESS: 'otro',
    AEROALPES_ADDRESS: 'x/y',
    AEROALPES_AEROLINEA: 'mal',
    UI_PUERTO: '1',
  }
  const proceso = servicios.lanzar('notificaciones', mal)
  assert.deepEqual(await proceso.fin(), { codigo: 1, senal: null })
  for (const dicho of ['BROKER=kafka', 'BROKER_HOST=uno y PULSAR_ADDRESS=otro', 'AEROALPES_ADDRESS=x/y', 'SMTP_URL='])
    assert.ok(proceso.errores().includes(dicho), proceso.errores())
  assert.doesNotMatch(proceso.errores(), /secreto|AEROLINEA|UI_PUERTO|^\s+at /m)
  const nadie = banco.lanzar({ args: ['src/local/servicio.ts', 'nadie'], cwd: process.cwd() })
  assert.deepEqual(await nadie.fin(), { codigo: 2, senal: null })
  assert.match(nadie.errores(), /api \| notificaciones/)
})

test('dos de los mismos sobre una carpeta: la segunda API y las segundas notificaciones se niegan y dicen por qué', async (t) => {
  const banco = unBanco(t)
  const correo = await abrirServidorDeCorreo()
  t.after(correo.cerrar)
  const servicios = unosServicios(banco, { smtp: correo.url })
  const api = await servicios.arrancar('api')
  await servicios.arrancar('notificaciones')
  const otraApi = servicios.lanzar('api', { AEROALPES_PUERTO: '0', PULSAR_PUERTO_HTTP: '0' })
  const otras = servicios.lanzar('notificaciones')
  assert.deepEqual(await otraApi.fin(), { codigo: 1, senal: null })
  assert.ok(otraApi.errores().includes(String(api.pid)), otraApi.errores())
  assert.deepEqual(await otras.fin(), { codigo: 1, senal: null })
  assert.match(otras.errores(), /ya la usa/)
  assert.equal(servicios.direcciones('api')?.pid, api.pid, 'la segunda borró lo que la primera dejó dicho')
  assert.notEqual(servicios.direcciones('notificaciones'), undefined)
})
