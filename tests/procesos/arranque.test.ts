import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { Client, credentials, status } from '@grpc/grpc-js'
import { llamar } from 'sidecar/llamar.ts'
import { ocuparPuerto } from './apoyo/enchufes.ts'
import { leer } from './apoyo/por_fuera.ts'
import { carpetaDelRepositorio, direccionesDe, RAIZ, unBanco } from './apoyo/servidor.ts'

const COLOR = '\u001b['
/** Las líneas de una pila de llamadas: lo que un mensaje de error para personas no lleva. */
const PILA = /^\s+at /m

test('arranca en una carpeta con otros archivos: los respeta, guarda su clave para sí solo y dibuja su caja sin colores', async (t) => {
  const banco = unBanco(t)
  mkdirSync(join(banco.carpeta, 'fotos'))
  writeFileSync(join(banco.carpeta, 'notas.txt'), 'mías')
  writeFileSync(join(banco.carpeta, 'fotos', 'a.db'), 'mía')
  const servidor = await banco.arrancar()
  assert.equal(statSync(join(banco.carpeta, 'clave-actor')).mode & 0o777, 0o600)
  assert.deepEqual(direccionesDe(banco.carpeta), { pid: servidor.pid, api: servidor.api, grpc: servidor.grpc, ui: servidor.ui })
  assert.deepEqual(await leer(`${servidor.api}/health`), { status: 'up' })
  servidor.senal('SIGTERM')
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null })
  assert.equal(direccionesDe(banco.carpeta), undefined)
  assert.deepEqual(readdirSync(banco.carpeta).sort(), [
    'aeroalpes.db',
    'buzon',
    'candado.db',
    'clave-actor',
    'fotos',
    'notas.txt',
    'notificaciones',
  ])
  assert.equal(readFileSync(join(banco.carpeta, 'notas.txt'), 'utf8'), 'mías')
  assert.equal(readFileSync(join(banco.carpeta, 'fotos', 'a.db'), 'utf8'), 'mía')
  const caja = servidor
    .salida()
    .split('\n')
    .filter((linea) => /^[╭│╰]/.test(linea))
  assert.ok(
    [servidor.api, servidor.grpc].every((donde) => caja.some((linea) => linea.includes(donde))) &&
      caja.some((linea) => linea.includes(banco.carpeta)),
    servidor.salida(),
  )
  assert.equal(new Set(caja.map((linea) => linea.length)).size, 1, 'la caja no es un rectángulo')
  assert.ok(!servidor.salida().includes(COLOR))
})

test('un segundo arranque sobre la misma carpeta se niega y dice dónde está el primero, que sigue como si nada', async (t) => {
  const banco = unBanco(t)
  const primero = await banco.arrancar()
  const segundo = banco.lanzar()
  assert.deepEqual(await segundo.fin(), { codigo: 1, senal: null })
  assert.ok(segundo.errores().includes(primero.api) && segundo.errores().includes(String(primero.pid)), segundo.errores())
  assert.doesNotMatch(segundo.errores(), PILA)
  assert.deepEqual(direccionesDe(banco.carpeta), { pid: primero.pid, api: primero.api, grpc: primero.grpc, ui: primero.ui })
  assert.deepEqual(await leer(`${primero.api}/health`), { status: 'up' })
})

test('lo que dejó un proceso muerto de golpe no estorba: ni su candado ni sus direcciones, ni a quien no llega a estar listo', async (t) => {
  const banco = unBanco(t)
  const primero = await banco.arrancar()
  primero.senal('SIGKILL')
  await primero.fin()
  assert.equal(direccionesDe(banco.carpeta)?.pid, primero.pid)
  const ocupado = await ocuparPuerto(0)
  t.after(ocupado.soltar)
  const fallido = banco.lanzar({ env: { AEROALPES_PUERTO: String(ocupado.puerto) } })
  assert.deepEqual(await fallido.fin(), { codigo: 1, senal: null })
  assert.equal(direccionesDe(banco.carpeta), undefined)
  const tercero = await banco.arrancar()
  // En cuanto aparecen, atiende.
  assert.deepEqual(await leer(`${tercero.api}/health/ready`), { status: 'up', atrasados: [] })
})

test('un puerto pedido y ocupado es un error claro; el de siempre, ocupado, deja su lugar al siguiente libre', async (t) => {
  const banco = unBanco(t)
  const pedido = await ocuparPuerto(0)
  const deSiempre = await ocuparPuerto(5_000)
  t.after(pedido.soltar)
  t.after(deSiempre.soltar)
  const negado = banco.lanzar({ env: { AEROALPES_PUERTO: String(pedido.puerto) } })
  assert.deepEqual(await negado.fin(), { codigo: 1, senal: null })
  assert.match(negado.errores(), new RegExp(`El puerto ${pedido.puerto} está ocupado.*AEROALPES_PUERTO`))
  assert.doesNotMatch(negado.errores(), PILA)
  const movido = await banco.arrancar({ env: { AEROALPES_PUERTO: undefined } })
  const puerto = Number(new URL(movido.api).port)
  assert.ok(puerto > 5_000 && puerto <= 5_020, movido.api)
})

test('el adaptador también: su puerto de siempre, ocupado, deja su lugar al siguiente libre, y ahí atiende', async (t) => {
  const banco = unBanco(t)
  const deSiempre = await ocuparPuerto(50_051)
  t.after(deSiempre.soltar)
  const { grpc } = await banco.arrancar({ env: { SIDECAR_PUERTO: undefined } })
  const puerto = Number(grpc.split(':').at(-1))
  assert.ok(puerto > 50_051 && puerto <= 50_071, grpc)
  const cliente = new Client(grpc, credentials.createInsecure())
  t.after(() => cliente.close())
  await assert.rejects(llamar(cliente, 'consultarReserva', { id: randomUUID() }), { code: status.NOT_FOUND })
})

test('las variables que están mal se dicen todas a la vez, antes de tocar nada', async (t) => {
  const banco = unBanco(t)
  const datos = join(banco.carpeta, 'datos')
  const env = { AEROALPES_DATOS: datos, AEROALPES_PUERTO: '70000', BROKER: 'kafka', BASE_DATOS: 'mysql', AEROALPES_LISTA_ABIERTA: 'si' }
  const proceso = banco.lanzar({ env })
  assert.deepEqual(await proceso.fin(), { codigo: 1, senal: null })
  for (const mal of ['AEROALPES_PUERTO=70000', 'BROKER=kafka', 'BASE_DATOS=…: debe ser sqlite, o', 'AEROALPES_LISTA_ABIERTA=si'])
    assert.ok(proceso.errores().includes(mal), `${mal} no está en:\n${proceso.errores()}`)
  assert.doesNotMatch(proceso.errores(), PILA)
  assert.ok(!existsSync(datos))
})

test('una carpeta relativa cuelga de la raíz del repositorio, se arranque desde donde se arranque', async (t) => {
  const banco = unBanco(t)
  const carpeta = carpetaDelRepositorio(t)
  const servidor = await banco.arrancar({ carpeta, cwd: banco.carpeta, env: { AEROALPES_DATOS: relative(RAIZ, carpeta) } })
  assert.equal(direccionesDe(carpeta)?.api, servidor.api)
  assert.ok(servidor.salida().includes(carpeta))
  assert.deepEqual(readdirSync(banco.carpeta), [])
})

test('un candado que no se puede abrir se dice como es: nadie más tiene la carpeta', async (t) => {
  const banco = unBanco(t)
  writeFileSync(join(banco.carpeta, 'candado.db'), 'esto no es una base de datos, y es más largo que su cabecera '.repeat(20))
  const proceso = banco.lanzar()
  assert.deepEqual(await proceso.fin(), { codigo: 1, senal: null })
  assert.doesNotMatch(proceso.errores(), /ya la usa/)
  assert.match(proceso.errores(), /not a database/)
})

test('una clave escrita a medias no se usa: con una vacía cualquiera podría firmar', async (t) => {
  const banco = unBanco(t)
  writeFileSync(join(banco.carpeta, 'clave-actor'), '')
  const proceso = banco.lanzar()
  assert.deepEqual(await proceso.fin(), { codigo: 1, senal: null })
  assert.match(proceso.errores(), /clave-actor/)
  assert.doesNotMatch(proceso.errores(), PILA)
})
