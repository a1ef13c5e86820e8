import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nuevaBase } from '../pruebas/postgres.ts'
import { abrirAlmacenPostgres } from './almacen/postgres/almacen.ts'
import { entornoReal } from './entorno_real.ts'
import { migracionesIdempotencia, unaVezPorLlave } from './idempotencia.ts'

test('la misma llave a la vez en dos procesos sobre una base: se hace una vez, y el otro devuelve lo mismo', async (t) => {
  const base = await nuevaBase()
  t.after(base.borrar)
  const abrir = () =>
    abrirAlmacenPostgres({ direccion: base.direccion, entorno: entornoReal, migraciones: [migracionesIdempotencia], alFallar: () => {} })
  const almacenes = [await abrir(), await abrir()] as const
  t.after(() => Promise.all(almacenes.map((almacen) => almacen.cerrar())))
  const dentro = Promise.withResolvers<void>()
  let entraron = 0
  /** Ninguna de las dos termina antes de que las dos hayan visto que la llave no está. */
  const producir = (quien: string) => async () => {
    if (++entraron === 2) dentro.resolve()
    await dentro.promise
    return quien
  }
  const llave = { actor: 'a', llave: 'una', huella: 'h', ahora: 1_000 }
  const hechas = await Promise.all([
    unaVezPorLlave(almacenes[0], llave, producir('primero')),
    unaVezPorLlave(almacenes[1], llave, producir('segundo')),
  ])
  assert.deepEqual(hechas.map(({ repetida }) => repetida).toSorted(), [false, true])
  assert.equal(hechas[0].respuesta, hechas[1].respuesta)
})
