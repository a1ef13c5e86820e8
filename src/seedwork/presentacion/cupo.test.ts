import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorDominio } from '../dominio/errores.ts'
import { entornoVirtual } from '../pruebas/entorno_virtual.ts'
import { crearCupo } from './cupo.ts'

const VENTANA_MS = 60_000

const unCupo = (llaves = 100) => {
  const { reloj, avanzar } = entornoVirtual()
  return { cupo: crearCupo({ maximo: 2, ventanaMs: VENTANA_MS, llaves, reloj }), avanzar }
}

const agotado = (segundos: number) => (error: unknown) => {
  assert.ok(error instanceof ErrorDominio)
  assert.deepEqual([error.codigo, error.clase, error.reintentarEn], ['demasiados_intentos', 'demasiado', segundos])
  return true
}

test('cada quien tiene el suyo, y pasarse dice cuánto falta para tener otro', async () => {
  const { cupo, avanzar } = unCupo()
  for (const llave of ['ana', 'ana', 'luis']) cupo(llave)
  await avanzar(15_000)
  assert.throws(() => cupo('ana'), agotado(45))
  cupo('luis')
  await avanzar(45_000)
  cupo('ana')
})

test('insistir no alarga la espera', async () => {
  const { cupo, avanzar } = unCupo()
  for (let i = 0; i < 50; i++)
    try {
      cupo('ana')
    } catch {
      // Agotado: lo que importa es cuándo vuelve a haber.
    }
  await avanzar(VENTANA_MS)
  cupo('ana')
})

test('basta que a una de las llaves no le quede', () => {
  const { cupo } = unCupo()
  for (const sesion of ['s1', 's2']) cupo(sesion, '10.0.0.1')
  assert.throws(() => cupo('s3', '10.0.0.1'), agotado(60))
})

test('recuerda cuantas llaves se le dijo y olvida la más vieja', () => {
  const { cupo } = unCupo(3)
  for (const llave of ['ana', 'ana', 'b', 'c']) cupo(llave)
  assert.throws(() => cupo('ana'), agotado(60))
  cupo('d')
  cupo('ana')
})
