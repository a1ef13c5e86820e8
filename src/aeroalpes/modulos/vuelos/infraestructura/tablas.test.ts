import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { ARCHIVO, abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { entornoReal as entorno } from 'seedwork/infraestructura/entorno_real.ts'
import { cancelar, pagar } from '../dominio/entidades.ts'
import { INICIO, unaReserva, unItinerario } from '../pruebas/constructores.ts'
import { asientos } from './asientos.ts'
import { buscarReserva } from './lecturas.ts'
import { reservas } from './repositorios.ts'
import { migracionesVuelos } from './tablas.ts'

const abrirNuevo = async (t: TestContext) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'tablas-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  return { carpeta, almacen: await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesVuelos] }) }
}

test('una base de antes de las ofertas se pone al día y sus reservas se leen como estaban', async (t) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'tablas-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  const anterior = { ...migracionesVuelos, lista: migracionesVuelos.lista.slice(0, 1) }
  await (await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [anterior] })).cerrar()
  const { id, fecha_creacion, fecha_actualizacion } = unaReserva()
  const db = new DatabaseSync(join(carpeta, ARCHIVO))
  db.prepare("INSERT INTO reservas VALUES (?, 1, 'PENDIENTE', NULL, ?, '[]', ?, ?, NULL, NULL, NULL, NULL)").run(
    id,
    JSON.stringify([unItinerario()]),
    fecha_creacion,
    fecha_actualizacion,
  )
  db.close()
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesVuelos] })
  assert.deepEqual(await buscarReserva(almacen.lector, id), unaReserva({ pasajeros: [] }))
  assert.equal((await asientos.vendidos(almacen.lector, ['cualquiera'])).size, 0)
  // No tiene suma, y cambiarla no se la pone: nadie sabe si lo que ya tenía está sano.
  const { estado: cancelada } = cancelar(unaReserva({ pasajeros: [] }), INICIO, 'vieja')
  await almacen.ejecutar((tx) => reservas.actualizar(tx, cancelada))
  assert.deepEqual(await buscarReserva(almacen.lector, id), cancelada)
  await almacen.cerrar()
})

test('se vende hasta el cupo y nunca más, y lo devuelto se vuelve a vender', async (t) => {
  const { almacen } = await abrirNuevo(t)
  const cabina = { llave: 'AN-BOG-MDE-0/2026-12-10/ECONOMICA', cupo: 5 }
  const tomar = (cuantos: number) => almacen.ejecutar((tx) => asientos.tomar(tx, cabina, cuantos))
  const quedan = async () => cabina.cupo - ((await asientos.vendidos(almacen.lector, [cabina.llave])).get(cabina.llave) ?? 0)
  assert.deepEqual(await Promise.all([tomar(2), tomar(2), tomar(2), tomar(1), tomar(1)]), [true, true, false, true, false])
  assert.equal(await quedan(), 0)
  await almacen.ejecutar((tx) => asientos.devolver(tx, cabina.llave, 2))
  assert.equal(await quedan(), 2)
  assert.equal(await tomar(3), false)
  assert.equal(await tomar(2), true)
  await almacen.cerrar()
})

test('B34 la reserva que otro cambió desde que se leyó no se guarda: se dice, y queda lo del otro', async (t) => {
  const { almacen } = await abrirNuevo(t)
  const leida = unaReserva({ estado: 'APROBADA' })
  await almacen.ejecutar((tx) => reservas.agregar(tx, leida))
  const { estado: pagada } = pagar(leida, INICIO)
  await almacen.ejecutar((tx) => reservas.actualizar(tx, pagada))
  const tarde = almacen.ejecutar((tx) => reservas.actualizar(tx, cancelar(leida, INICIO, 'tarde').estado))
  await assert.rejects(tarde, { codigo: 'reserva_cambiada' })
  assert.deepEqual(await buscarReserva(almacen.lector, leida.id), pagada)
  await almacen.cerrar()
})

test('una reserva que el disco cambió no se lee ni se cambia: se dice', async (t) => {
  const { carpeta, almacen } = await abrirNuevo(t)
  const aprobada = unaReserva({ estado: 'APROBADA' })
  await almacen.ejecutar((tx) => reservas.agregar(tx, aprobada))
  const { estado: pagada } = pagar(aprobada, INICIO)
  await almacen.ejecutar((tx) => reservas.actualizar(tx, pagada))
  assert.deepEqual(await buscarReserva(almacen.lector, aprobada.id), pagada)
  const db = new DatabaseSync(join(carpeta, ARCHIVO))
  db.exec("UPDATE reservas SET itinerarios = replace(itinerarios, 'BOG', 'COG')")
  db.close()
  await assert.rejects(buscarReserva(almacen.lector, aprobada.id), { codigo: 'fila_danada' })
  await assert.rejects(
    almacen.ejecutar((tx) => reservas.obtener(tx, aprobada.id)),
    { codigo: 'fila_danada' },
  )
  await almacen.cerrar()
})
