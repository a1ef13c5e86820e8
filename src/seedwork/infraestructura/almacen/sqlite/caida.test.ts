import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { idsDe, tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { mulberry32 } from '../../../pruebas/entorno_virtual.ts'
import { entornoReal } from '../../entorno_real.ts'
import { ARCHIVO, abrirAlmacenSqlite } from './almacen.ts'
import { conCarpeta } from './grupo_de_prueba.ts'

/** Corre al que escribe hasta que muere por SIGKILL. `alLeer` ve cuántos pares van dichos. Da los pares que alcanzó a decir. */
const hastaMorir = async (argumentos: readonly string[], alLeer: (hijo: ChildProcess, dichos: number) => void = () => {}) => {
  const hijo = spawn(process.execPath, [join(import.meta.dirname, 'caida_hijo.ts'), ...argumentos], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const salida = once(hijo, 'exit')
  const dichos: string[] = []
  for await (const linea of createInterface({ input: hijo.stdout })) {
    dichos.push(linea)
    alLeer(hijo, dichos.length)
  }
  assert.deepEqual(await salida, [null, 'SIGKILL'])
  return dichos
}

/** Abre lo que quedó, como lo haría el proceso siguiente, y da los pares que hay. Cada uno está con sus dos filas, o no está. */
const paresQueQuedaron = async (carpeta: string): Promise<string[]> => {
  const almacen = await abrirAlmacenSqlite({ carpeta, migraciones: [tablasDePrueba], entorno: entornoReal })
  await almacen.comprobar()
  const filas = await idsDe(almacen.lector)
  await almacen.cerrar()
  const pares = [...new Set(filas.map((fila) => fila.slice(0, -2)))].sort()
  assert.deepEqual(filas, pares.flatMap((par) => [`${par}/1`, `${par}/2`]).sort())
  return pares
}

const estan = (dichos: readonly string[], quedaron: readonly string[]): void => {
  const hay = new Set(quedaron)
  assert.deepEqual(
    dichos.filter((par) => !hay.has(par)),
    [],
  )
}

const integro = (carpeta: string): void => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO))
  assert.deepEqual(Object.values(db.prepare('PRAGMA integrity_check').get() ?? {}), ['ok'])
  db.close()
}

test('muerto antes de confirmar: está todo lo que dijo, y nada más', () =>
  conCarpeta(async (carpeta) => {
    const dichos = await hastaMorir([carpeta, 'a', 'uow.antes_de_confirmar', '20'])
    assert.equal(dichos.length, 19 * 8)
    assert.deepEqual(await paresQueQuedaron(carpeta), dichos.sort())
    integro(carpeta)
  }))

test('muerto después de confirmar: está todo lo que dijo, y entero el grupo del que no alcanzó a decir nada', () =>
  conCarpeta(async (carpeta) => {
    const dichos = await hastaMorir([carpeta, 'a', 'uow.despues_de_confirmar', '20'])
    const quedaron = await paresQueQuedaron(carpeta)
    assert.equal(dichos.length, 19 * 8)
    assert.equal(quedaron.length, 20 * 8)
    estan(dichos, quedaron)
    integro(carpeta)
  }))

test('muerto en cualquier momento, tres veces sobre los mismos datos: todo lo que dijo está', () =>
  conCarpeta(async (carpeta) => {
    const azar = mulberry32(7)
    const dichos: string[] = []
    for (const prefijo of ['a', 'b', 'c']) {
      const bastan = 20 + Math.floor(azar() * 2_000)
      dichos.push(...(await hastaMorir([carpeta, prefijo], (hijo, van) => van === bastan && hijo.kill('SIGKILL'))))
      estan(dichos, await paresQueQuedaron(carpeta))
    }
    assert.ok(dichos.length > 60)
    integro(carpeta)
  }))
