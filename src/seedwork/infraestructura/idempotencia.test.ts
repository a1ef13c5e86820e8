import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { noDisponible } from '../dominio/errores.ts'
import { ReglaRota } from '../dominio/reglas.ts'
import { entornoVirtual } from '../pruebas/entorno_virtual.ts'
import type { Almacen } from './almacen/puerto.ts'
import { abrirAlmacenSqlite } from './almacen/sqlite/almacen.ts'
import { migracionesIdempotencia, olvidarIdempotencia, RECORDAR_MS, unaVezPorLlave } from './idempotencia.ts'

const carpeta = mkdtempSync(join(tmpdir(), 'idempotencia-'))
let almacen: Almacen
before(async () => {
  almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoVirtual(), migraciones: [migracionesIdempotencia] })
})
after(async () => {
  await almacen.cerrar()
  rmSync(carpeta, { recursive: true })
})

/** Pide `producir` con una llave; cada prueba usa la suya. */
const pedir = <R>(llave: string, producir: () => Promise<R>, { huella = 'h', actor = 'a', ahora = 1_000 } = {}) =>
  unaVezPorLlave(almacen, { actor, llave, huella, ahora }, producir)

const contador = () => {
  let veces = 0
  return async () => ++veces
}

test('la misma llave con el mismo pedido da la misma respuesta y lo hace una vez', async () => {
  const producir = contador()
  assert.deepEqual(await pedir('misma', producir), { respuesta: 1, repetida: false })
  assert.deepEqual(await pedir('misma', producir), { respuesta: 1, repetida: true })
})

test('pedida dos veces a la vez, se hace una', async () => {
  const producir = contador()
  const respuestas = await Promise.all([pedir('a la vez', producir), pedir('a la vez', producir)])
  assert.deepEqual(
    respuestas.map(({ respuesta }) => respuesta),
    [1, 1],
  )
})

test('la misma llave con otro pedido se rechaza sin hacer nada', async () => {
  const producir = contador()
  await pedir('otra', producir)
  await assert.rejects(pedir('otra', producir, { huella: 'distinta' }), { codigo: 'llave_reutilizada', clase: 'invalido' })
  assert.deepEqual(await pedir('otra', producir), { respuesta: 1, repetida: true })
})

test('cada actor tiene sus llaves', async () => {
  const producir = contador()
  await pedir('de dos', producir)
  assert.deepEqual(await pedir('de dos', producir, { actor: 'b' }), { respuesta: 2, repetida: false })
})

test('una regla rota también se recuerda', async () => {
  const romper = async () => Promise.reject(new ReglaRota('UnaRegla', { es: 'no', en: 'no' }))
  await assert.rejects(pedir('regla', romper), { codigo: 'UnaRegla', clase: 'regla' })
  await assert.rejects(pedir('regla', contador()), { codigo: 'UnaRegla', clase: 'regla', message: 'no' })
})

test('lo que no fue culpa del pedido no se recuerda: repetir lo hace', async () => {
  await assert.rejects(
    pedir('caida', async () => Promise.reject(noDisponible('x', { es: 'x', en: 'x' }))),
    { codigo: 'x' },
  )
  assert.deepEqual(await pedir('caida', contador()), { respuesta: 1, repetida: false })
})

test('pasado un día la llave se olvida', async () => {
  const producir = contador()
  await pedir('vieja', producir)
  assert.deepEqual(await pedir('vieja', producir, { ahora: 1_000 + RECORDAR_MS }), { respuesta: 2, repetida: false })
  assert.ok((await almacen.ejecutar((tx) => olvidarIdempotencia(tx, 1_001 + 2 * RECORDAR_MS))) > 0)
})
