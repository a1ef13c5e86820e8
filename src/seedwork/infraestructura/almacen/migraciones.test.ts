import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { ErrorDominio } from '../../dominio/errores.ts'
import { type Migracion, pendientes, sentenciasDe } from './migraciones.ts'

const vacia = (nombre: string): Migracion => ({ nombre, pasos: () => [] })

const vuelos = { modulo: 'vuelos', lista: [vacia('uno'), vacia('dos'), vacia('tres')] }

const faltan = (aplicadas: number) => pendientes(vuelos, aplicadas).map(({ numero, migracion }) => `${numero} ${migracion.nombre}`)

test('faltan las que siguen a las aplicadas, con el número de su lugar en la lista', () => {
  assert.deepEqual(faltan(0), ['1 uno', '2 dos', '3 tres'])
  assert.deepEqual(faltan(2), ['3 tres'])
  assert.deepEqual(faltan(3), [])
})

test('un almacén con más migraciones que el programa se rechaza, y se dice de qué módulo y qué versiones', () => {
  assert.throws(
    () => faltan(4),
    (error) => {
      assert.ok(error instanceof ErrorDominio)
      assert.deepEqual([error.codigo, error.clase], ['almacen_mas_nuevo', 'no_disponible'])
      for (const texto of Object.values(error.texto)) assert.match(texto, /vuelos.*\b4\b.*\b3\b/)
      return true
    },
  )
})

const tabla: Migracion = {
  nombre: 'tabla',
  pasos: (db, tipos) => [
    db.schema
      .createTable('t')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('bytes', tipos.bytes)
      .addColumn('numero', tipos.entero)
      .modifyEnd(tipos.agrupada),
    db.schema.createIndex('por_numero').on('t').column('numero'),
  ],
}

test('los mismos pasos dan las sentencias de cada dialecto, en orden', () => {
  assert.deepEqual(sentenciasDe(tabla, 'sqlite'), [
    'create table "t" ("id" text primary key, "bytes" blob, "numero" integer) without rowid',
    'create index "por_numero" on "t" ("numero")',
  ])
  assert.deepEqual(
    sentenciasDe(tabla, 'postgres').map((sentencia) => sentencia.trim()),
    ['create table "t" ("id" text primary key, "bytes" bytea, "numero" bigint)', 'create index "por_numero" on "t" ("numero")'],
  )
})

test('P4 en SQLite, la llave que numera el almacén no repite el número de una fila borrada', () => {
  const numerada: Migracion = {
    nombre: 'numerada',
    pasos: (db, tipos) => [db.schema.createTable('t').addColumn('numero', 'integer', tipos.numerada).addColumn('id', 'text')],
  }
  const db = new DatabaseSync(':memory:')
  for (const sentencia of sentenciasDe(numerada, 'sqlite')) db.exec(sentencia)
  const agregar = () => Number(db.prepare('INSERT INTO t (id) VALUES (NULL)').run().lastInsertRowid)
  assert.deepEqual([agregar(), agregar()], [1, 2])
  db.exec('DELETE FROM t')
  assert.equal(agregar(), 3)
  db.close()
})
