import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { nuevoEspacio, pulsarDePrueba } from 'seedwork/infraestructura/broker/pulsar/servicio_de_prueba.ts'
import { crearCliente } from '../apoyo/cliente.ts'
import { unaCompra, unaOferta } from '../apoyo/ofertas.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { RAIZ } from '../procesos/apoyo/servidor.ts'
import { cuatroProcesos, sobrePulsar } from './procesos.ts'

const PLAZO_MS = 30_000

test('sobre Pulsar, lo que las notificaciones apartan se ve y se devuelve desde la línea de comandos, y lo entregan sin reiniciarse', async (t) => {
  const { espacio, borrar } = await nuevoEspacio()
  const { puertoHttp } = pulsarDePrueba()
  let rechaza = true
  const procesos = await cuatroProcesos(t, { puertoHttp, espacio, tratar: () => (rechaza ? 'no_nunca' : 'aceptar') })
  t.after(borrar)
  const { banco, correo } = procesos
  const mensajes = async <T>(...args: readonly string[]): Promise<T> => {
    const orden = banco.lanzar({ args: [join(RAIZ, 'src/local/mensajes.ts'), ...args, '--json'], env: sobrePulsar(puertoHttp, espacio) })
    assert.deepEqual(await orden.fin(), { codigo: 0, senal: null }, orden.errores())
    return JSON.parse(orden.salida()) as T
  }
  const ver = () => mensajes<{ suscripcion: string; codigo: string }[]>('ver')

  await procesos.arrancar('api')
  await procesos.arrancar('notificaciones')
  const cliente = crearCliente(procesos.api())
  await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(await unaOferta(cliente)) })
  await hastaQue('que se aparten los dos correos', async () => (await ver()).length === 2, PLAZO_MS)
  for (const { suscripcion } of await ver()) assert.equal(suscripcion, 'sub-notificacion-eventos-reservas')

  rechaza = false
  assert.deepEqual(await mensajes('reintentar', '--suscripcion', 'sub-notificacion-eventos-reservas'), { reintentados: 2 })
  await hastaQue('los dos correos', () => correo.aceptados.length === 2, PLAZO_MS)
  assert.deepEqual(await ver(), [])
})
