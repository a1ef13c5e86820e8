import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { propiedadesConId } from 'seedwork/infraestructura/broker/pulsar/recibido.ts'
import { conCliente, nuevaBase } from 'seedwork/pruebas/postgres.ts'
import { crearCliente } from '../apoyo/cliente.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { RAIZ, unBanco } from './apoyo/servidor.ts'

const abrirBase = async (t: TestContext): Promise<Readonly<Record<string, string>>> => {
  const base = await nuevaBase()
  t.after(base.borrar)
  return { BASE_DATOS: base.direccion }
}

test('con BASE_DATOS=postgres://… npm start guarda ahí: lo reservado sigue tras una muerte de golpe, y lo aceptado se cumple', async (t) => {
  const env = await abrirBase(t)
  const banco = unBanco(t)
  const primero = await banco.arrancar({ env })
  const cliente = crearCliente(primero.api)
  const { id } = await cliente.unaReserva()
  const aceptada = await cliente.reservarDespues()
  primero.senal('SIGKILL')
  await primero.fin()
  const segundo = await banco.arrancar({ env })
  const despues = crearCliente(segundo.api)
  assert.equal((await despues.reserva(id)).estado, 200)
  assert.equal((await despues.desenlace(aceptada)).estado, 'completada')
  segundo.senal('SIGTERM')
  assert.deepEqual(await segundo.fin(), { codigo: 0, senal: null }, segundo.errores())
})

test('con el broker embebido una base es de un proceso: otro, con otra carpeta, no arranca y dice por qué', async (t) => {
  const env = await abrirBase(t)
  const banco = unBanco(t)
  await banco.arrancar({ env })
  const otra = mkdtempSync(join(tmpdir(), 'aeroalpes-otra-'))
  t.after(() => rmSync(otra, { recursive: true, force: true }))
  const segundo = banco.lanzar({ env, carpeta: otra })
  assert.equal((await segundo.fin()).codigo, 1)
  assert.match(segundo.errores(), /salen por otro broker/)
})

test('una dirección que no contesta, o una clave que no entra, impide arrancar; la clave no se dice', async (t) => {
  const banco = unBanco(t)
  const proceso = banco.lanzar({ env: { BASE_DATOS: 'postgres://yo:secretisima@127.0.0.1:1/nada' } })
  assert.equal((await proceso.fin()).codigo, 1)
  assert.match(proceso.errores(), /ECONNREFUSED/)
  assert.doesNotMatch(`${proceso.salida()}${proceso.errores()}`, /secretisima/)
})

test('lo apartado se ve y se devuelve desde la línea de comandos, con la API corriendo y sin ella', async (t) => {
  const env = await abrirBase(t)
  const banco = unBanco(t)
  const mensajes = async <T>(...args: readonly string[]): Promise<T> => {
    const orden = banco.lanzar({ args: [join(RAIZ, 'src/local/mensajes.ts'), ...args, '--json'], env })
    assert.deepEqual(await orden.fin(), { codigo: 0, senal: null }, orden.errores())
    return JSON.parse(orden.salida()) as T
  }
  const ver = () => mensajes<{ id: string; suscripcion: string; codigo: string }[]>('ver')
  const primero = await banco.arrancar({ env })
  // Unos bytes que ningún esquema entiende, como si los hubiera publicado alguien.
  await crearCliente(primero.api).reservarDespues()
  await conCliente(env.BASE_DATOS ?? '', (cliente) =>
    cliente.query('INSERT INTO pulsar_por_numerar (topico, id, llave, propiedades, datos, instante) VALUES ($1, $2, $2, $3, $4, 1)', [
      'comandos-reserva',
      'basura',
      propiedadesConId('basura', { type: 'CrearReserva' }),
      Buffer.from('ffffffffffff', 'hex'),
    ]),
  )
  const [apartado] = await hastaQue('que se aparte', async () => {
    const vistos = await ver()
    return vistos.length > 0 && vistos
  })
  assert.deepEqual([apartado?.id, apartado?.suscripcion], ['basura', 'aeroalpes-sub-comandos'])
  primero.senal('SIGTERM')
  assert.deepEqual(await primero.fin(), { codigo: 0, senal: null }, primero.errores())
  assert.deepEqual(await ver(), [apartado])
  assert.deepEqual(await mensajes('reintentar'), { reintentados: 1 })
  assert.deepEqual(await ver(), [])
})
