import { test } from 'node:test'
import { correrEn } from '../apoyo/lugar.ts'
import { lugarEnPulsar } from './procesos.ts'

/** Corre los archivos de pruebas tal como están, sobre cuatro procesos y un Pulsar. */
export const pruebasDeSiempre = async (archivos: readonly string[], lugar = lugarEnPulsar()): Promise<void> => {
  correrEn(lugar)
  const cargadas = Promise.withResolvers<void>()
  // Mientras una prueba corre, las que se van cargando esperan su turno: ninguna llega cuando todo terminó.
  test(`api, notificaciones, sidecar y ui están listos sobre Pulsar, para las pruebas de ${archivos.join(', ')}`, () => cargadas.promise)
  for (const archivo of archivos) await import(`../${archivo}.test.ts`)
  cargadas.resolve()
}
