import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { hasta } from '../../../pruebas/hasta.ts'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import { entornoReal } from '../../entorno_real.ts'
import type { Entrega } from '../puerto.ts'
import { abrirBrokerPulsar } from './broker.ts'
import { enEmbebido } from './embebido_de_prueba.ts'
import { migracionesPulsar } from './tablas.ts'

/** Procesos que comparten base y broker. */
const unaBase = async (t: TestContext) => {
  const { host, puertoHttp, borrar } = await enEmbebido()
  const carpeta = mkdtempSync(join(tmpdir(), 'devueltos-'))
  const cierres: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const cerrar of cierres) await cerrar()
    await borrar()
    rmSync(carpeta, { recursive: true })
  })
  return async () => {
    const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesPulsar] })
    const broker = await abrirBrokerPulsar({ almacen, entorno: entornoReal, servicio: { host, puertoHttp }, alFallar: () => {} })
    const entregas: string[] = []
    cierres.push(async () => {
      await broker.cerrar()
      await almacen.cerrar()
    })
    const suscribir = (manejar: (entrega: Entrega) => Promise<void>) =>
      broker.suscribir({
        ...{ topico: 't', nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 10 },
        manejar: async (entrega) => {
          entregas.push(entrega.mensaje.id)
          await manejar(entrega)
        },
      })
    const publicar = (...ids: string[]) =>
      almacen.ejecutar((tx) =>
        broker.publicar(
          tx,
          ids.map((id) => ({ topico: 't', id, llave: 'k', datos: Buffer.from(id), propiedades: { id } })),
        ),
      )
    return { broker, entregas, suscribir, publicar }
  }
}

test('lo que un proceso devuelve lo entrega el que tiene la suscripción, en orden y una vez, sin que nadie vuelva a abrirla', async (t) => {
  const abrir = await unaBase(t)
  const [consume, opera] = [await abrir(), await abrir()]
  let falla = true
  await consume.suscribir(async (entrega) => {
    if (falla) await entrega.apartar({ codigo: 'prueba', mensaje: 'todavía no' })
  })
  await consume.publicar('uno', 'dos', 'tres')
  await hasta('se apartan', async () => (await opera.broker.apartados.ver({})).length === 3)
  falla = false
  assert.equal(await opera.broker.apartados.reintentar({}), 3)
  await hasta('vuelven', () => consume.entregas.length >= 6)
  await consume.publicar('cuatro')
  await hasta('sigue', () => consume.entregas.includes('cuatro'))
  assert.deepEqual(consume.entregas, ['uno', 'dos', 'tres', 'uno', 'dos', 'tres', 'cuatro'])
  assert.deepEqual(await opera.broker.apartados.ver({}), [])
  await hasta('nada pendiente', () => consume.broker.atrasos().every(({ pendientes }) => pendientes === 0))
})

test('con dos procesos en la misma suscripción, lo devuelto por un tercero lo entrega uno solo', async (t) => {
  const abrir = await unaBase(t)
  const [uno, otro, opera] = [await abrir(), await abrir(), await abrir()]
  let falla = true
  const manejar = async (entrega: Entrega): Promise<void> => {
    if (falla) await entrega.apartar({ codigo: 'prueba', mensaje: 'todavía no' })
  }
  await Promise.all([uno.suscribir(manejar), otro.suscribir(manejar)])
  const ids = Array.from({ length: 20 }, (_, n) => `m${n}`)
  await uno.publicar(...ids)
  await hasta('se apartan', async () => (await opera.broker.apartados.ver({})).length === ids.length)
  const antes = [...uno.entregas, ...otro.entregas].length
  falla = false
  await opera.broker.apartados.reintentar({})
  await hasta('vuelven', () => uno.entregas.length + otro.entregas.length >= antes + ids.length)
  await hasta('nada pendiente', () => [uno, otro].every(({ broker }) => broker.atrasos().every(({ pendientes }) => pendientes === 0)))
  assert.equal(uno.entregas.length + otro.entregas.length, antes + ids.length)
})
