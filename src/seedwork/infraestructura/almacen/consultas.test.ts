import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { consultas, Parametro } from './consultas.ts'

type Tablas = { filas: { id: string; numero: number; bytes: Uint8Array | null } }

const consulta = consultas<Tablas>()

test('una consulta se escribe una vez y cada dialecto la compila a lo suyo', () => {
  const buscar = consulta((db, p: { id: string }) => db.selectFrom('filas').select('numero').where('id', '=', p.id))
  assert.equal(buscar.sentencia('sqlite').sql, 'select "numero" from "filas" where "id" = ?')
  assert.equal(buscar.sentencia('postgres').sql, 'select "numero" from "filas" where "id" = $1')
})

test('se compila una sola vez por dialecto', () => {
  let compiladas = 0
  const contada = consulta((db, p: { id: string }) => {
    compiladas++
    return db.selectFrom('filas').select('id').where('id', '=', p.id)
  })
  assert.equal(compiladas, 0)
  assert.equal(contada.sentencia('sqlite'), contada.sentencia('sqlite'))
  contada.sentencia('postgres')
  assert.equal(compiladas, 2)
})

test('los valores van en el orden de la sentencia: parámetros por su nombre, repetidos si se repiten, y valores fijos', () => {
  const mezcla = consulta((db, p: { id: string; hasta: number }) =>
    db
      .selectFrom('filas')
      .select('id')
      .where('numero', '<', p.hasta)
      .where('numero', '>', 7)
      .where('id', '=', p.id)
      .where('numero', '!=', p.hasta),
  )
  assert.deepEqual(mezcla.sentencia('sqlite').valores, [new Parametro('hasta'), 7, new Parametro('id'), new Parametro('hasta')])
})

test('un parámetro vale en lo que se inserta, en un límite y en SQL escrito a mano', () => {
  const insertar = consulta((db, p: { id: string; numero: number; bytes: Uint8Array }) =>
    db.insertInto('filas').values({ id: p.id, numero: p.numero, bytes: p.bytes }),
  )
  const pagina = consulta((db, p: { maximo: number }) => db.selectFrom('filas').select('id').limit(p.maximo))
  const aMano = consulta((db, p: { id: string }) => db.selectFrom('filas').select(sql<number>`length(${p.id})`.as('largo')))
  const nombres = [insertar, pagina, aMano].map((c) => c.sentencia('sqlite').valores)
  assert.deepEqual(nombres, [['id', 'numero', 'bytes'].map((n) => new Parametro(n)), [new Parametro('maximo')], [new Parametro('id')]])
})

test('lo que un dialecto dice distinto se decide con su nombre', () => {
  const segun = consulta((db, _: object, dialecto) => db.selectFrom('filas').select(dialecto === 'sqlite' ? 'id' : 'numero'))
  assert.match(segun.sentencia('sqlite').sql, /"id"/)
  assert.match(segun.sentencia('postgres').sql, /"numero"/)
})
