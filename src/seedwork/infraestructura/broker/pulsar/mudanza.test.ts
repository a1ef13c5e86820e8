import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { hasta } from '../../../pruebas/hasta.ts'
import type { Almacen } from '../../almacen/puerto.ts'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import { entornoReal } from '../../entorno_real.ts'
import { abrirBrokerEmbebido } from '../embebido/broker.ts'
import { migracionesEmbebido } from '../embebido/tablas.ts'
import type { Broker, Entrega } from '../puerto.ts'
import { abrirBrokerPulsar } from './broker.ts'
import { enEmbebido } from './embebido_de_prueba.ts'
import { mudarDelEmbebido } from './mudanza.ts'
import { migracionesPulsar } from './tablas.ts'

const TOTAL = 450
const LLAVES = 5
const ids = Array.from({ length: TOTAL }, (_, n) => `m${String(n).padStart(3, '0')}`)
const llaveDe = (id: string): string => `k${Number(id.slice(1)) % LLAVES}`

const suscribir = (broker: Broker, nombre: string, manejar: (entrega: Entrega) => Promise<void>) =>
  broker.suscribir({ topico: 't', nombre, tipo: 'Key_Shared', inicio: 'primero', permisos: 50, manejar })

/** `rapida` entrega todo menos lo que aparta; `lenta`, los primeros y de las llaves 0 y 1 nada más. */
const usarEmbebido = async (almacen: Almacen): Promise<void> => {
  const broker = await abrirBrokerEmbebido({ almacen, entorno: entornoReal, conservarMs: Number.POSITIVE_INFINITY, alFallar: () => {} })
  let rapidas = 0
  let lentas = 0
  await suscribir(broker, 'rapida', async (entrega) => {
    rapidas++
    if (entrega.mensaje.id === 'm007') await entrega.apartar({ codigo: 'prueba', mensaje: 'no se pudo' })
  })
  const lenta = await suscribir(broker, 'lenta', async (entrega) => {
    if (llaveDe(entrega.mensaje.id) > 'k1') return entrega.rechazar(60_000, { codigo: 'prueba', mensaje: 'después' })
    lentas++
  })
  const mensajes = ids.map((id) => ({ topico: 't', id, llave: llaveDe(id), datos: Buffer.from(id), propiedades: { id } }))
  await almacen.ejecutar((tx) => broker.publicar(tx, mensajes))
  await hasta('entregó lo que iba a entregar', () => rapidas === TOTAL && lentas === (2 * TOTAL) / LLAVES)
  await lenta.cerrar()
  await broker.cerrar()
}

test('lo que el embebido no había entregado sale por el otro, una vez y en orden; lo apartado sigue apartado; repetir la mudanza no hace nada', async (t) => {
  const { host, puertoHttp, borrar } = await enEmbebido()
  const carpeta = mkdtempSync(join(tmpdir(), 'mudanza-'))
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesPulsar, migracionesEmbebido] })
  await usarEmbebido(almacen)
  const broker = await abrirBrokerPulsar({ almacen, entorno: entornoReal, servicio: { host, puertoHttp }, alFallar: () => {} })
  t.after(async () => {
    await broker.cerrar()
    await almacen.cerrar()
    await borrar()
    rmSync(carpeta, { recursive: true })
  })
  const mudar = () => mudarDelEmbebido({ almacen, broker, ahora: entornoReal.reloj.ahora })
  const faltaban = ids.filter((id) => llaveDe(id) > 'k1')
  assert.deepEqual(await mudar(), { mensajes: faltaban.length, apartados: 1 })
  assert.deepEqual(await mudar(), { mensajes: 0, apartados: 0 })

  const [apartado] = await broker.apartados.ver({})
  assert.partialDeepStrictEqual(apartado, { suscripcion: 'rapida', topico: 't', causa: { codigo: 'prueba', mensaje: 'no se pudo' } })
  assert.partialDeepStrictEqual(apartado?.mensaje, { id: 'm007', llave: llaveDe('m007'), propiedades: { id: 'm007' } })

  const llegados = new Map<string, string[]>()
  await suscribir(broker, 'lenta', async ({ mensaje: { id, llave } }) => {
    llegados.set(llave ?? '', [...(llegados.get(llave ?? '') ?? []), id])
  })
  await hasta('llegan', () => [...llegados.values()].flat().length >= faltaban.length)
  assert.deepEqual(Object.fromEntries([...llegados].toSorted()), Object.fromEntries(Map.groupBy(faltaban, llaveDe)))
})
