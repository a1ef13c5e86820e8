import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { nuevaBase } from '../pruebas/postgres.ts'
import { abrirAlmacenPostgres } from './almacen/postgres/almacen.ts'
import type { Almacen } from './almacen/puerto.ts'
import { abrirAlmacenSqlite } from './almacen/sqlite/almacen.ts'
import { entornoReal } from './entorno_real.ts'
import { aceptarOperacion, aceptarOperaciones, migracionesOperaciones, obtenerOperacion } from './operaciones.ts'

const comun = { entorno: entornoReal, migraciones: [migracionesOperaciones] }
const nueva = (id: string) => ({
  id,
  comando: 'CrearReserva',
  sujeto: `reserva-${id}`,
  actor: "un 'actor'",
  fecha_creacion: 1_700_000_000_123,
})

const aceptarDeAMuchas = async (almacen: Almacen): Promise<void> => {
  await almacen.ejecutar(async (tx) => aceptarOperacion(tx, nueva('a')))
  await almacen.ejecutar(async (tx) => aceptarOperaciones(tx, ['a', 'b', 'c'].map(nueva)))
  for (const id of ['a', 'b', 'c'])
    assert.deepEqual(await obtenerOperacion(almacen.lector, id), {
      ...nueva(id),
      estado: 'aceptada',
      eventos: [],
      error: null,
      fecha_actualizacion: 1_700_000_000_123,
    })
}

test('muchas operaciones se aceptan de una vez como de a una, y la repetida no se toca: SQLite', async (t) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'operaciones-'))
  const almacen = await abrirAlmacenSqlite({ carpeta, ...comun })
  t.after(async () => {
    await almacen.cerrar()
    rmSync(carpeta, { recursive: true })
  })
  await aceptarDeAMuchas(almacen)
})

test('muchas operaciones se aceptan de una vez como de a una, y la repetida no se toca: PostgreSQL', async (t) => {
  const base = await nuevaBase()
  const almacen = await abrirAlmacenPostgres({ direccion: base.direccion, ...comun })
  t.after(async () => {
    await almacen.cerrar()
    await base.borrar()
  })
  await aceptarDeAMuchas(almacen)
})
