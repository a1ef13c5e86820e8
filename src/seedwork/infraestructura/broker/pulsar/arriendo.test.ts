import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type EntornoVirtual, entornoVirtual } from '../../../pruebas/entorno_virtual.ts'
import type { Almacen } from '../../almacen/puerto.ts'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import { Arriendo } from './arriendo.ts'
import { migracionesPulsar } from './tablas.ts'
import { agregarASalida, leerSalida, quitarConfirmadas, tomarSecuencia } from './tablas_de_salida.ts'

const MS = 1_000

const abrir = async (t: TestContext) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'arriendo-'))
  const entorno = entornoVirtual()
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesPulsar] })
  t.after(async () => {
    await almacen.cerrar()
    rmSync(carpeta, { recursive: true })
  })
  return { almacen, entorno }
}

/** Un pretendiente y lo que le pasó. `entorno` es el suyo: uno cuyo reloj no corre está dormido. */
const pretender = (almacen: Almacen, entorno: EntornoVirtual, dueno: string) => {
  const sucesos: string[] = []
  const arriendo = new Arriendo({
    almacen,
    entorno,
    nombre: 'relevo/t',
    dueno,
    ms: MS,
    alGanar: () => sucesos.push('gana'),
    alPerder: () => sucesos.push('pierde'),
    alFallar: assert.ifError,
  })
  return { arriendo, sucesos }
}

test('el primero lo tiene mientras late, por mucho que otro espere; al soltarlo pasa enseguida, con un token mayor', async (t) => {
  const { almacen, entorno } = await abrir(t)
  const uno = pretender(almacen, entorno, 'uno')
  await entorno.reposo()
  const otro = pretender(almacen, entorno, 'otro')
  await entorno.avanzar(20 * MS)
  assert.deepEqual([uno.sucesos, otro.sucesos], [['gana'], []])
  assert.equal(uno.arriendo.token, 1)
  const suelto = uno.arriendo.soltar()
  await entorno.avanzar(MS / 2)
  await suelto
  assert.deepEqual([otro.sucesos, otro.arriendo.token], [['gana'], 2])
})

test('el que deja de latir lo pierde pasado su plazo, y no antes; al despertar se entera y no lo recupera', async (t) => {
  const { almacen, entorno } = await abrir(t)
  const dormido = entornoVirtual()
  const uno = pretender(almacen, dormido, 'uno')
  await entorno.reposo()
  const otro = pretender(almacen, entorno, 'otro')
  await entorno.avanzar(MS / 2)
  assert.deepEqual(otro.sucesos, [])
  await entorno.avanzar(MS)
  assert.deepEqual([otro.sucesos, otro.arriendo.token], [['gana'], 2])
  await dormido.avanzar(MS)
  await entorno.avanzar(MS)
  assert.deepEqual([uno.sucesos, uno.arriendo.token], [['gana', 'pierde'], undefined])
  assert.equal(otro.arriendo.token, 2)
})

test('la hora del sistema no decide nada: saltar años no quita el lugar a quien late', async (t) => {
  const { almacen, entorno } = await abrir(t)
  const uno = pretender(almacen, entorno, 'uno')
  await entorno.reposo()
  const otro = pretender(almacen, entorno, 'otro')
  entorno.saltarHora(10 * 365 * 86_400_000)
  await entorno.avanzar(5 * MS)
  entorno.saltarHora(-20 * 365 * 86_400_000)
  await entorno.avanzar(5 * MS)
  assert.deepEqual([uno.sucesos, otro.sucesos], [['gana'], []])
})

test('P8 muerto el dueño, que la hora salte años ni adelanta ni demora a quien sigue', async (t) => {
  const { almacen, entorno } = await abrir(t)
  pretender(almacen, entornoVirtual(), 'uno')
  await entorno.reposo()
  const otro = pretender(almacen, entorno, 'otro')
  await entorno.avanzar(MS / 2)
  entorno.saltarHora(10 * 365 * 86_400_000)
  await entorno.avanzar(MS / 4)
  assert.deepEqual(otro.sucesos, [])
  entorno.saltarHora(-20 * 365 * 86_400_000)
  await entorno.avanzar(MS / 2)
  assert.deepEqual(otro.sucesos, ['gana'])
})

test('quien perdió el lugar no quita filas, aunque crea que se confirmaron', async (t) => {
  const { almacen, entorno } = await abrir(t)
  const dormido = entornoVirtual()
  const uno = pretender(almacen, dormido, 'uno')
  await entorno.reposo()
  pretender(almacen, entorno, 'otro')
  await almacen.ejecutar(async (tx) => {
    for (let i = 0; i < 3; i++) {
      const { ultima: secuencia = 0 } = (await tx.una(tomarSecuencia, { topico: 't' })) ?? {}
      await tx.ejecutar(agregarASalida, {
        topico: 't',
        secuencia,
        id: `${i}`,
        llave: null,
        propiedades: '{}',
        datos: Buffer.alloc(1),
        instante: 0,
      })
    }
  })
  await entorno.avanzar(2 * MS)
  const quitar = (token: number) =>
    almacen.ejecutar((tx) => tx.ejecutar(quitarConfirmadas, { topico: 't', hasta: 2, arriendo: 'relevo/t', token }))
  assert.equal(await quitar(uno.arriendo.token ?? 0), 0)
  assert.equal(await quitar(2), 2)
  const quedan = await almacen.lector.todas(leerSalida, { topico: 't', desde: 1, maximo: 9 })
  assert.deepEqual(
    quedan.map(({ secuencia }) => secuencia),
    [3],
  )
})

test('los números de salida no tienen huecos: el de una unidad o un savepoint que se deshace lo toma el siguiente', async (t) => {
  const { almacen } = await abrir(t)
  const tomar = () => almacen.ejecutar((tx) => tx.una(tomarSecuencia, { topico: 't' }))
  assert.equal((await tomar())?.ultima, 1)
  await assert.rejects(
    almacen.ejecutar(async (tx) => {
      await tx.una(tomarSecuencia, { topico: 't' })
      throw new Error('se deshace')
    }),
    /se deshace/,
  )
  assert.equal((await tomar())?.ultima, 2)
})
