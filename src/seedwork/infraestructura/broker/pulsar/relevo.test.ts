import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'
import { hasta } from '../../../pruebas/hasta.ts'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import { entornoReal as entorno } from '../../entorno_real.ts'
import { crearMedidas } from './medidas.ts'
import { RelevoDeTopico } from './relevo.ts'
import { servicioPulsar } from './servicio.ts'
import { migracionesPulsar } from './tablas.ts'
import { agregarASalida, leerSalida, tomarSecuencia } from './tablas_de_salida.ts'

/** Un servidor que recibe y no confirma nada hasta que se le pide. */
const abrirCallado = async () => {
  const servidor = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const recibidos: string[] = []
  let enchufe: WebSocket | undefined
  servidor.on('connection', (nuevo) => {
    enchufe = nuevo
    nuevo.on('message', (trama) => recibidos.push(JSON.parse(String(trama)).context))
  })
  await once(servidor, 'listening')
  return {
    puertoHttp: (servidor.address() as AddressInfo).port,
    recibidos,
    confirmar: (context: string) => enchufe?.send(JSON.stringify({ result: 'ok', context })),
    cerrar: () => servidor.close(),
  }
}

const abrir = async (t: TestContext, cuantas: number) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'relevo-'))
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesPulsar] })
  const callado = await abrirCallado()
  await almacen.ejecutar(async (tx) => {
    for (let i = 0; i < cuantas; i++) {
      const { ultima: secuencia = 0 } = (await tx.una(tomarSecuencia, { topico: 't' })) ?? {}
      const fila = { topico: 't', secuencia, id: `${i}`, llave: null, propiedades: '{}', datos: Buffer.alloc(1), instante: 0 }
      await tx.ejecutar(agregarASalida, fila)
    }
  })
  const contexto = { almacen, entorno, servicio: servicioPulsar({ host: '127.0.0.1', puertoHttp: callado.puertoHttp }), dueno: 'yo' }
  const medidas = crearMedidas(undefined, () => 0)
  const relevo = new RelevoDeTopico({ ...contexto, medidas, arriendoMs: 1_000, preparar: async () => {}, alFallar: () => {} }, 't')
  t.after(async () => {
    await relevo.cerrar()
    callado.cerrar()
    await almacen.cerrar()
    rmSync(carpeta, { recursive: true })
  })
  const quedan = async () =>
    (await almacen.lector.todas(leerSalida, { topico: 't', desde: 1, maximo: 99 })).map(({ secuencia }) => secuencia)
  return { callado, quedan, unidad: () => almacen.ejecutar(async () => {}) }
}

test('lo enviado se queda en su tabla hasta que Pulsar lo confirma, y no se va nada de lo que sigue a uno sin confirmar', async (t) => {
  const { callado, quedan, unidad } = await abrir(t, 4)
  await hasta('se envían', () => callado.recibidos.length === 4)
  await unidad()
  assert.deepEqual(await quedan(), [1, 2, 3, 4])
  callado.confirmar('1')
  await hasta('se quita la confirmada', async () => (await quedan())[0] === 2)
  // En un tópico con particiones los acuses de una adelantan a los de otra.
  callado.confirmar('4')
  callado.confirmar('2')
  await hasta('se quita la que sigue', async () => (await quedan())[0] !== 2)
  assert.deepEqual(await quedan(), [3, 4])
  callado.confirmar('3')
  await hasta('no queda ninguna', async () => (await quedan()).length === 0)
})
