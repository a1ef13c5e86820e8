import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { entornoReal as entorno } from '../../entorno_real.ts'
import { anotarEnInbox, migracionesInbox, sumaInbox } from '../../inbox.ts'
import { sumaDe } from '../suma.ts'
import { ARCHIVO, abrirAlmacenSqlite } from './almacen.ts'
import { revisarArchivo } from './revision.ts'

const ausente = sumaDe<{ id: string }>('no_existe', { id: true })
const SUMAS = [sumaInbox, ausente]

const conInbox = async (t: TestContext): Promise<string> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'revision-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesInbox] })
  await almacen.ejecutar(async (tx) => {
    for (const id_mensaje of ['m1', 'm2', 'm3']) await anotarEnInbox(tx, { consumidor: 'c', id_mensaje, instante: 1 })
  })
  await almacen.cerrar()
  return carpeta
}

const tocar = (carpeta: string, sql: string): void => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO))
  db.exec(sql)
  db.close()
}

test('un archivo sano no dice nada, aunque le falte una tabla o tenga filas de antes de las sumas', async (t) => {
  const carpeta = await conInbox(t)
  tocar(carpeta, "INSERT INTO inbox (consumidor, id_mensaje, instante) VALUES ('c', 'viejo', 0)")
  assert.deepEqual(revisarArchivo(carpeta, SUMAS), [])
})

test('una fila a la que ya no se llega por su llave se encuentra', async (t) => {
  const carpeta = await conInbox(t)
  tocar(carpeta, "UPDATE inbox SET id_mensaje = 'm4' WHERE id_mensaje = 'm3'")
  assert.deepEqual(revisarArchivo(carpeta, SUMAS), ['inbox: 1 fila no es la que se escribió'])
})

test('lo que no es una base se dice', async (t) => {
  const carpeta = await conInbox(t)
  writeFileSync(join(carpeta, ARCHIVO), 'esto no es una base de datos, aunque sea más largo que su cabecera'.repeat(100))
  assert.match(revisarArchivo(carpeta, SUMAS).join(), /^SQLite no puede leerlo: /)
})
