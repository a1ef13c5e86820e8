// En un hilo suyo: pide lo mismo cada poco y anota cuánto tardó, sin que le pese lo que hace quien ataca.

import { setTimeout as pausa } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { abrirConexion } from './conexion.ts'

const { puerto, camino, cabeceras } = workerData as Readonly<{ puerto: number; camino: string; cabeceras: string }>
const CADA_MS = 20

const latencias: number[] = []
let malas = 0
let seguir = true
parentPort?.once('message', () => {
  seguir = false
})

const conexion = abrirConexion(puerto)
const bytes = Buffer.from(`GET ${camino} HTTP/1.1\r\nhost: canario\r\n${cabeceras}\r\n`)
while (seguir) {
  const inicio = performance.now()
  const estado = await conexion.pedir(bytes, false).then(
    (respuesta) => respuesta.estado,
    () => 0,
  )
  latencias.push(performance.now() - inicio)
  if (estado !== 200) malas += 1
  await pausa(CADA_MS)
}
conexion.cerrar()
parentPort?.postMessage({ latencias: latencias.sort((a, b) => a - b), malas })
