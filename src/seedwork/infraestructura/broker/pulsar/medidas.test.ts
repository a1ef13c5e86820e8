import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { hasta } from '../../../pruebas/hasta.ts'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import { entornoReal } from '../../entorno_real.ts'
import { medirAtrasos } from '../medir_atrasos.ts'
import { abrirBrokerPulsar } from './broker.ts'
import { enEmbebido } from './embebido_de_prueba.ts'
import { tenderCable } from './servicio_de_prueba.ts'
import { migracionesPulsar } from './tablas.ts'

const TOTAL = 30

test('se mide lo que tarda un envío, lo que va en vuelo, los cortes de cada conexión, lo que vuelve, lo apartado y lo que falta', async (t) => {
  const { host, puertoHttp, borrar } = await enEmbebido()
  const cable = await tenderCable({ host, puertoHttp })
  const carpeta = mkdtempSync(join(tmpdir(), 'medidas-'))
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesPulsar] })
  const registro = new Registry()
  const broker = await abrirBrokerPulsar({ almacen, entorno: entornoReal, servicio: cable, registro, alFallar: () => {} })
  medirAtrasos(registro, broker)
  t.after(async () => {
    await broker.cerrar()
    await almacen.cerrar()
    cable.cortar()
    await borrar()
    rmSync(carpeta, { recursive: true })
  })
  const medida = async (nombre: string): Promise<number> => {
    const linea = (await registro.metrics()).split('\n').find((una) => una.startsWith(`${nombre} `))
    return linea === undefined ? Number.NaN : Number(linea.split(' ').at(-1))
  }
  const retenidos = Promise.withResolvers<void>()
  let llegaron = 0
  await broker.suscribir({
    ...{ topico: 't', nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 100 },
    manejar: async (entrega) => {
      if (++llegaron <= TOTAL) await retenidos.promise
      if (entrega.mensaje.id === 'm0') await entrega.apartar({ codigo: 'prueba', mensaje: 'no se pudo' })
    },
  })
  const lectura = new AbortController()
  const leyendo = (async () => {
    for await (const _ of broker.leer({ topico: 't', desde: 'primero', senal: lectura.signal }));
  })()
  const publicar = (desde: number) =>
    almacen.ejecutar((tx) =>
      broker.publicar(
        tx,
        Array.from({ length: TOTAL }, (_, n) => ({
          topico: 't',
          id: `m${desde + n}`,
          llave: `k${n}`,
          datos: Buffer.from('x'),
          propiedades: {},
        })),
      ),
    )
  await publicar(0)
  await hasta('llegan', () => llegaron === TOTAL)
  await hasta('se midió cada envío', async () => (await medida('pulsar_envio_segundos_count')) === TOTAL)
  assert.equal(await medida('pulsar_en_vuelo'), 0)
  assert.equal(await medida('broker_pendientes{topico="t",suscripcion="sub"}'), TOTAL)
  assert.equal(await medida('broker_apartados_total'), 0)

  cable.cortarConexiones()
  for (const quien of ['productor', 'consumidor', 'lector'])
    await hasta(`se cuenta el corte del ${quien}`, async () => (await medida(`pulsar_reconexiones_total{quien="${quien}"}`)) === 1)
  await hasta('se cuenta lo que vuelve', async () => (await medida('pulsar_reentregas_total')) >= TOTAL)
  retenidos.resolve()
  await hasta('se cuenta lo apartado', async () => (await medida('broker_apartados_total')) === 1)
  await hasta('no falta nada', async () => (await medida('broker_pendientes{topico="t",suscripcion="sub"}')) === 0)
  lectura.abort()
  await leyendo
})
