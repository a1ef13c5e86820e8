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
import { conAverias, sinAverias } from '../embebido/almacen_fallido.ts'
import { crearMedidas } from './medidas.ts'
import { RelevoDeTopico } from './relevo.ts'
import { servicioPulsar } from './servicio.ts'
import { migracionesPulsar } from './tablas.ts'
import { agregarASalida, leerArriendo, leerSalida, quitarArriendo, tomarSecuencia } from './tablas_de_salida.ts'

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
  const averias = sinAverias()
  let fallas = 0
  const alFallar = (): void => {
    fallas++
  }
  const contexto = {
    almacen: conAverias(averias)(almacen),
    entorno,
    servicio: servicioPulsar({ host: '127.0.0.1', puertoHttp: callado.puertoHttp }),
    dueno: 'yo',
  }
  const medidas = crearMedidas(undefined, () => 0)
  const relevo = new RelevoDeTopico({ ...contexto, medidas, arriendoMs: 1_000, preparar: async () => {}, alFallar }, 't')
  t.after(async () => {
    averias.escritura = false
    await relevo.cerrar()
    callado.cerrar()
    await almacen.cerrar()
    rmSync(carpeta, { recursive: true })
  })
  const quedan = async () =>
    (await almacen.lector.todas(leerSalida, { topico: 't', desde: 1, maximo: 99 })).map(({ secuencia }) => secuencia)
  return { callado, quedan, almacen, averias, fallas: () => fallas }
}

test('lo enviado se queda en su tabla hasta que Pulsar lo confirma, y no se va nada de lo que sigue a uno sin confirmar', async (t) => {
  const { callado, quedan, almacen } = await abrir(t, 4)
  await hasta('se envían', () => callado.recibidos.length === 4)
  await almacen.comprobar()
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

/** Todas se enviaron y Pulsar las confirmó mientras el almacén no escribía: siguen en su tabla, y no llegará otro acuse. */
const confirmadasSinQuitar = async (t: TestContext) => {
  const abierto = await abrir(t, 2)
  const { callado, averias, fallas } = abierto
  await hasta('se envían', () => callado.recibidos.length === 2)
  averias.escritura = true
  const antes = fallas()
  for (const cual of ['1', '2']) callado.confirmar(cual)
  await hasta('falla quitarlas', () => fallas() > antes)
  return abierto
}

test('lo confirmado que no se pudo quitar se quita cuando el almacén vuelve, aunque no llegue otro acuse', async (t) => {
  const { quedan, averias } = await confirmadasSinQuitar(t)
  assert.deepEqual(await quedan(), [1, 2])
  averias.escritura = false
  await hasta('no queda ninguna', async () => (await quedan()).length === 0)
})

test('y también si entretanto el lugar pasó por otro, que no hizo nada con él', async (t) => {
  const { quedan, averias, almacen, callado } = await confirmadasSinQuitar(t)
  const nombre = 'relevo/t'
  await almacen.ejecutar(async (tx) => {
    const { token = 0, latido = 0 } = (await tx.una(leerArriendo, { nombre })) ?? {}
    assert.equal(await tx.ejecutar(quitarArriendo, { nombre, dueno: 'otro', token, latido }), 1)
  })
  averias.escritura = false
  await hasta('no queda ninguna', async () => (await quedan()).length === 0)
  assert.deepEqual(callado.recibidos, ['1', '2'])
})

test('quitarlas sin llegar a saberlo no es haber perdido el lugar, aunque al repetir ya no haya nada que quitar', async (t) => {
  const { quedan, averias, almacen, callado, fallas } = await abrir(t, 2)
  await hasta('se envían', () => callado.recibidos.length === 2)
  const lugar = async () => (await almacen.lector.una(leerArriendo, { nombre: 'relevo/t' })) ?? { token: 0, latido: 0 }
  const { token, latido } = await lugar()
  averias.dudosa = true
  for (const cual of ['1', '2']) callado.confirmar(cual)
  await hasta('quedan quitadas', async () => fallas() > 0 && (await quedan()).length === 0)
  averias.dudosa = false
  await hasta('sigue latiendo', async () => (await lugar()).latido > latido + 3)
  assert.equal((await lugar()).token, token)
})
