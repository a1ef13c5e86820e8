import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { agregar } from '../../../pruebas/almacen/lugar.ts'
import { agregarFila, idsDe, tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { entornoReal } from '../../entorno_real.ts'
import { ARCHIVO, abrirAlmacenSqlite } from './almacen.ts'
import { abrirEscritora, abrirLectora, type Conexion, exigirVersion } from './conexion.ts'
import { conCarpeta, conGrupo } from './grupo_de_prueba.ts'

const pragma = (conexion: Conexion, nombre: string): unknown => Object.values(conexion.db.prepare(`PRAGMA ${nombre}`).get() ?? {})[0]

const abrir = (carpeta: string) => abrirAlmacenSqlite({ carpeta, migraciones: [tablasDePrueba], entorno: entornoReal })

test(
  'la que escribe confirma en el disco (WAL, synchronous FULL), vigila las llaves foráneas y no espera dentro de SQLite',
  conGrupo(async ({ conexion }) => {
    const leidos = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map((nombre) => pragma(conexion(), nombre))
    assert.deepEqual(leidos, ['wal', 2, 1, 0])
  }),
)

test('si un pragma no queda como se pidió, no se abre', () => {
  assert.throws(() => abrirEscritora(':memory:'), /PRAGMA journal_mode debía ser wal y es memory/)
})

test(
  'la que lee no puede escribir',
  conGrupo(async ({ archivo, lector }) => {
    const lectora = abrirLectora(archivo)
    assert.equal(pragma(lectora, 'query_only'), 1)
    assert.throws(() => lectora.ejecutar(agregarFila, { id: 'a' }), /readonly/)
    lectora.cerrar()
    assert.deepEqual(await idsDe(lector), [])
  }),
)

test('se rechaza un SQLite anterior a 3.51.3', () => {
  for (const vieja of ['3.51.2', '3.50.9', '2.99.99', '3.9.10']) assert.throws(() => exigirVersion(vieja), /anterior a 3\.51\.3/)
  for (const buena of ['3.51.3', '3.51.10', '3.53.0', '4.0.0']) exigirVersion(buena)
})

test('B40 cada carpeta es otro almacén, con su época, y la carpeta se crea si falta', () =>
  conCarpeta(async (carpeta) => {
    const [uno, otro] = await Promise.all([abrir(join(carpeta, 'hondo', 'uno')), abrir(join(carpeta, 'otro'))])
    await uno.ejecutar((tx) => agregar(tx, 'a'))
    assert.deepEqual([await idsDe(uno.lector), await idsDe(otro.lector)], [['a'], []])
    assert.notEqual(uno.epoca, otro.epoca)
    await Promise.all([uno.cerrar(), otro.cerrar()])
  }))

test('cerrar deja todo en un solo archivo: el WAL queda vacío o no queda', () =>
  conCarpeta(async (carpeta) => {
    const almacen = await abrir(carpeta)
    await almacen.ejecutar((tx) => agregar(tx, 'a'))
    const wal = join(carpeta, `${ARCHIVO}-wal`)
    assert.ok(statSync(wal).size > 0)
    await almacen.cerrar()
    assert.equal(existsSync(wal) && statSync(wal).size > 0, false)
  }))

test('quien no puede migrar suelta el archivo: otro proceso puede escribir', () =>
  conCarpeta(async (carpeta) => {
    const rota = { modulo: 'roto', lista: [{ nombre: 'rota', pasos: tablasDePrueba.lista[0]?.pasos ?? (() => []) }] }
    await assert.rejects(abrirAlmacenSqlite({ carpeta, migraciones: [tablasDePrueba, rota], entorno: entornoReal }), /already exists/)
    const otro = new DatabaseSync(join(carpeta, ARCHIVO))
    otro.exec('BEGIN IMMEDIATE; ROLLBACK')
    otro.close()
  }))

test(
  'un parámetro que falta es un error, no un nulo',
  conGrupo(async ({ grupo, lector }) => {
    const sinId = {} as { id: string }
    await assert.rejects(
      grupo.ejecutar((tx) => tx.ejecutar(agregarFila, sinId)),
      { code: 'ERR_INVALID_ARG_TYPE' },
    )
    assert.deepEqual(await idsDe(lector), [])
  }),
)
