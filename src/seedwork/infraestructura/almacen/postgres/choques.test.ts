// Lo que en PostgreSQL puede pasar y en SQLite no: unidades que corren de verdad a la vez.
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { abrirCuenta, agregarFila, buscarCuenta, guardarCuenta, idsDe, sumarUno, tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { conCliente, nuevaBase } from '../../../pruebas/postgres.ts'
import { entornoReal } from '../../entorno_real.ts'
import { consultas } from '../consultas.ts'
import type { Tx } from '../puerto.ts'
import { abrirAlmacenPostgres, type DatosDePostgres } from './almacen.ts'

const abrir = async (t: TestContext, opciones: Partial<DatosDePostgres> = {}) => {
  const base = await nuevaBase()
  const almacen = await abrirAlmacenPostgres({
    direccion: base.direccion,
    migraciones: [tablasDePrueba],
    entorno: entornoReal,
    ...opciones,
  })
  t.after(async () => {
    await almacen.cerrar()
    await base.borrar()
  })
  for (const id of ['x', 'y']) await almacen.ejecutar((tx) => tx.ejecutar(abrirCuenta, { id }))
  return { almacen, direccion: base.direccion }
}

const consulta = consultas<{ cuentas: { id: string; valor: number; version: number } }>()
const conCandado = consulta((db, p: { id: string }) => db.selectFrom('cuentas').selectAll().where('id', '=', p.id).forUpdate())

test('dos unidades que se abrazan: PostgreSQL deshace una, y se repite entera; las dos terminan', async (t) => {
  const { almacen } = await abrir(t)
  const encuentro = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let intentos = 0
  const cruzada = (yo: 0 | 1) => async (tx: Tx) => {
    intentos += 1
    await tx.ejecutar(sumarUno, { id: yo === 0 ? 'x' : 'y' })
    encuentro[yo]?.resolve()
    await encuentro[1 - yo]?.promise
    await tx.ejecutar(sumarUno, { id: yo === 0 ? 'y' : 'x' })
  }
  await Promise.all([almacen.ejecutar(cruzada(0)), almacen.ejecutar(cruzada(1))])
  assert.equal(intentos, 3)
  for (const id of ['x', 'y']) assert.equal((await almacen.lector.una(buscarCuenta, { id }))?.valor, 2)
})

test('dos que escriben la misma llave a la vez: la segunda se repite, ve la de la primera y decide con ella', async (t) => {
  const { almacen } = await abrir(t)
  const crearOVer = async (tx: Tx): Promise<string> => {
    if ((await idsDe(tx)).includes('f')) return 'ya estaba'
    await tx.ejecutar(agregarFila, { id: 'f' })
    return 'creada'
  }
  const respuestas = await Promise.all(Array.from({ length: 8 }, () => almacen.ejecutar(crearOVer)))
  assert.deepEqual(respuestas.toSorted().slice(-2), ['ya estaba', 'ya estaba'])
  assert.equal(respuestas.filter((una) => una === 'creada').length, 1)
})

test('el aviso de una unidad que se repitió corre una vez, el de la vez que confirmó', async (t) => {
  const { almacen } = await abrir(t)
  const avisos: number[] = []
  let intento = 0
  await almacen.ejecutar(async (tx) => {
    intento += 1
    const este = intento
    tx.alConfirmar(() => avisos.push(este))
    if (intento < 3) throw Object.assign(new Error('could not serialize access'), { code: '40001' })
  })
  assert.deepEqual(avisos, [3])
})

test('lo escrito sin esperar sale en el mismo viaje que lo que sigue y que el commit', async (t) => {
  const { almacen, direccion } = await abrir(t)
  await almacen.ejecutar(async (tx) => tx.escribir(agregarFila, { id: 'calienta' }))
  const { mock: enviado } = t.mock.method(Socket.prototype as unknown as { _writeGeneric: () => void }, '_writeGeneric')
  await almacen.ejecutar(async (tx) => {
    for (const id of ['a', 'b', 'c']) tx.escribir(agregarFila, { id })
  })
  assert.equal(enviado.callCount(), 1)
  assert.deepEqual(
    await conCliente(direccion, async (cliente) => (await cliente.query('SELECT id FROM filas ORDER BY id')).rows.map(({ id }) => id)),
    ['a', 'b', 'c', 'calienta'],
  )
})

test('lo que el cliente no sabe escribir no se calla: la unidad falla y nada queda', async (t) => {
  const { almacen } = await abrir(t)
  const unidad = almacen.ejecutar(async (tx) => {
    tx.escribir(agregarFila, { id: 'a' })
    tx.escribir(agregarFila, { id: {} as string })
  })
  await assert.rejects(unidad, /No es un valor de una columna/)
  assert.deepEqual(await idsDe(almacen.lector), [])
})

test('una que choca siempre se rinde pasado un número de veces: almacen_ocupado', async (t) => {
  const { almacen } = await abrir(t, { entorno: { ...entornoReal, azar: () => 0 } })
  let intentos = 0
  const unidad = almacen.ejecutar(async () => {
    intentos += 1
    throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
  })
  await assert.rejects(unidad, { codigo: 'almacen_ocupado', clase: 'no_disponible' })
  assert.equal(intentos, 8)
})

test('T5 con FOR UPDATE el segundo espera al primero y suma sobre lo suyo: cien a la vez no pierden ninguna', async (t) => {
  const { almacen } = await abrir(t)
  let intentos = 0
  const sumar = async (tx: Tx) => {
    intentos += 1
    const { valor = 0, version = 0 } = (await tx.una(conCandado, { id: 'x' })) ?? {}
    assert.equal(await tx.ejecutar(guardarCuenta, { id: 'x', valor: valor + 1, leida: version, siguiente: version + 1 }), 1)
  }
  await Promise.all(Array.from({ length: 100 }, () => almacen.ejecutar(sumar)))
  assert.equal(intentos, 100)
  assert.deepEqual({ ...(await almacen.lector.una(buscarCuenta, { id: 'x' })) }, { id: 'x', valor: 100, version: 100 })
})

test('una unidad que calla el error de una sentencia no confirma el resto: falla con ese error', async (t) => {
  const { almacen } = await abrir(t)
  const unidad = almacen.ejecutar(async (tx) => {
    await tx.ejecutar(agregarFila, { id: 'a' })
    await tx.ejecutar(agregarFila, { id: 'a' }).catch(() => {})
  })
  await assert.rejects(unidad, { code: '23505' })
  assert.deepEqual(await idsDe(almacen.lector), [])
})

test('dos procesos que abren una base nueva a la vez la migran una sola vez', async (t) => {
  const base = await nuevaBase()
  t.after(base.borrar)
  const abiertos = await Promise.all(
    [1, 2, 3].map(() => abrirAlmacenPostgres({ direccion: base.direccion, migraciones: [tablasDePrueba], entorno: entornoReal })),
  )
  assert.equal(new Set(abiertos.map(({ epoca }) => epoca)).size, 1)
  for (const abierto of abiertos) await abierto.cerrar()
})

test('B40 la base está donde dice su dirección: dos direcciones son dos bases, y la de un proceso que se fue sigue ahí', async (t) => {
  const uno = await abrir(t)
  const dos = await abrir(t)
  await uno.almacen.ejecutar((tx) => tx.ejecutar(agregarFila, { id: 'a' }))
  assert.deepEqual([await idsDe(uno.almacen.lector), await idsDe(dos.almacen.lector)], [['a'], []])
  await uno.almacen.cerrar()
  const otraVez = await abrirAlmacenPostgres({ direccion: uno.direccion, migraciones: [tablasDePrueba], entorno: entornoReal })
  assert.deepEqual(await idsDe(otraVez.lector), ['a'])
  await otraVez.cerrar()
})

test('se ve quién es cada conexión, y qué plazos tiene', async (t) => {
  const { almacen, direccion } = await abrir(t, { nombre: 'prueba-de-nombre' })
  await almacen.comprobar()
  const nombres = await conCliente(direccion, (cliente) =>
    cliente.query(`SELECT application_name FROM pg_stat_activity WHERE datname = current_database()`),
  )
  assert.ok(nombres.rows.some((fila) => fila.application_name === 'prueba-de-nombre'))
  for (const [cual, vale] of Object.entries({
    statement_timeout: '15s',
    idle_in_transaction_session_timeout: '15s',
    lock_timeout: '10s',
  })) {
    const ajuste = consultas<{ pg_settings: { name: string; setting: string } }>()((db, p: { cual: string }) =>
      db.selectFrom('pg_settings').select('setting').where('name', '=', p.cual),
    )
    assert.equal(`${Number((await almacen.lector.una(ajuste, { cual }))?.setting) / 1_000}s`, vale)
  }
})
