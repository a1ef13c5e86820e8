import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerPulsar } from 'seedwork/infraestructura/broker/pulsar/broker.ts'
import { nuevoEspacio, pulsarDePrueba } from 'seedwork/infraestructura/broker/pulsar/servicio_de_prueba.ts'
import { migracionesPulsar } from 'seedwork/infraestructura/broker/pulsar/tablas.ts'
import { leerArriendo } from 'seedwork/infraestructura/broker/pulsar/tablas_de_salida.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { carpetaDe, hasta, leerTodo, migracionesDePrueba, nombreDe, salio } from './apoyo.ts'
import type { Orden } from './relevo_hijo.ts'

const HIJO = join(import.meta.dirname, 'relevo_hijo.ts')
const TOPICO = 'eventos'
const ARRIENDO_MS = 1_000

/** Una base, un espacio de nombres, y los procesos que la comparten. */
const escenario = async (t: TestContext) => {
  const carpeta = carpetaDe(t)
  const { espacio, borrar } = await nuevoEspacio()
  const { puertoHttp } = pulsarDePrueba()
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesPulsar, migracionesDePrueba] })
  const hijos: ChildProcess[] = []
  t.after(async () => {
    for (const hijo of hijos) hijo.kill('SIGKILL')
    await almacen.cerrar()
    await borrar()
  })
  const nacer = async () => {
    const hijo = fork(HIJO, [JSON.stringify({ carpeta, puertoHttp, espacio, topico: TOPICO, arriendoMs: ARRIENDO_MS })], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    hijos.push(hijo)
    await once(hijo, 'message')
    const ordenar = async (orden: Orden): Promise<void> => {
      const contestado = once(hijo, orden === 'cerrar' ? 'exit' : 'message')
      hijo.send(orden)
      await contestado
    }
    return { hijo, ordenar }
  }
  const exigirCompleto = async (total: number): Promise<void> => {
    await hasta('todo salió', () => salio(almacen))
    const lector = await abrirBrokerPulsar({
      entorno: entornoReal,
      servicio: { host: '127.0.0.1', puertoHttp, espacio },
      alFallar: () => {},
    })
    const leidos = (await leerTodo(lector, TOPICO, total)).map(({ id }) => id)
    await lector.cerrar()
    assert.deepEqual(
      leidos,
      Array.from({ length: total }, (_, n) => nombreDe(n)),
      'cada uno una vez, y en el orden de la base',
    )
  }
  const token = async (): Promise<number> => (await almacen.lector.una(leerArriendo, { nombre: `relevo/${TOPICO}` }))?.token ?? 0
  return { almacen, nacer, exigirCompleto, token }
}

/** `T`: parado por una señal (proc(5)). */
const estaDormido = ({ pid }: ChildProcess): boolean => / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

test('el relevo muere con mensajes en vuelo: otro proceso de la misma base toma su lugar y no se pierde ni se repite ninguno', async (t) => {
  const { nacer, exigirCompleto, token } = await escenario(t)
  const [primero, segundo] = [await nacer(), await nacer()]
  await primero.ordenar({ publicar: 100, desde: 0 })
  await segundo.ordenar({ publicar: 100, desde: 100 })
  await exigirCompleto(200)
  assert.equal(await token(), 1, 'envía uno solo, también lo del otro')
  const muerto = once(primero.hijo, 'exit')
  primero.hijo.send({ publicar: 300, desde: 200, dormirse: true } satisfies Orden)
  await hasta('está dormido', () => estaDormido(primero.hijo))
  primero.hijo.kill('SIGKILL')
  await muerto
  await segundo.ordenar({ publicar: 50, desde: 500 })
  await exigirCompleto(550)
  assert.equal(await token(), 2)
  await segundo.ordenar('cerrar')
})

test('el relevo se queda dormido y despierta cuando ya hay otro: lo suyo no toca nada, y sigue publicando por él', async (t) => {
  const { nacer, exigirCompleto, token, almacen } = await escenario(t)
  const [primero, segundo] = [await nacer(), await nacer()]
  await primero.ordenar({ publicar: 50, desde: 0 })
  await exigirCompleto(50)
  primero.hijo.send({ publicar: 300, desde: 50, dormirse: true } satisfies Orden)
  await hasta('está dormido', () => estaDormido(primero.hijo))
  await segundo.ordenar({ publicar: 50, desde: 350 })
  await exigirCompleto(400)
  assert.equal(await token(), 2, 'el dormido perdió su lugar')
  const contesta = once(primero.hijo, 'message')
  primero.hijo.kill('SIGCONT')
  await contesta
  await primero.ordenar({ publicar: 50, desde: 400 })
  await exigirCompleto(450)
  await hasta('nada más', () => salio(almacen))
  assert.equal(await token(), 2, 'el que despertó no lo recuperó')
  await Promise.all([primero.ordenar('cerrar'), segundo.ordenar('cerrar')])
})
