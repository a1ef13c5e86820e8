import { join } from 'node:path'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { leerFilas } from '../../tests/procesos/apoyo/leyes.ts'
import { drenado } from '../../tests/procesos/apoyo/por_fuera.ts'
import type { Fila } from '../comprobador/historia.ts'
import { type Donde, deLaBase } from './testigos.ts'

/** Lo que todavía va a escribir algo: reservas que esperan a la aerolínea (su plazo no lo cuenta ninguna suscripción), y comandos sin cumplir. */
const PEDIDOS = {
  reservas: "SELECT id FROM reservas WHERE venta IS NOT NULL AND estado = 'PENDIENTE'",
  operaciones: "SELECT id FROM operaciones WHERE estado NOT IN ('completada', 'fallida')",
}
/** Los mensajes escritos en la base y no en el log. Donde la base es el archivo, el log es una tabla suya. */
const SALIDAS = { salida: 'SELECT id FROM pulsar_salida', por_numerar: 'SELECT id FROM pulsar_por_numerar' }

const cuantas = (tablas: Readonly<Record<string, readonly Fila[] | undefined>>): number =>
  Object.values(tablas).reduce((total, filas = []) => total + filas.length, 0)

const sinCumplir = async ({ datos, base }: Donde): Promise<number> =>
  cuantas(base === undefined ? leerFilas(datos, PEDIDOS) : await deLaBase(base, PEDIDOS))

const porSalir = async ({ base }: Donde): Promise<number> => (base === undefined ? 0 : cuantas(await deLaBase(base, SALIDAS)))

/** Lo último que el log tiene. */
const finDelLog = ({ datos, base }: Donde): unknown =>
  leerFilas(base === undefined ? datos : join(datos, 'broker'), { fin: 'SELECT max(posicion) AS fin FROM outbox' }).fin[0]?.fin

/**
 * Espera, cuando ya nadie pide, a que todo esté cumplido, saldado y fuera de la base, sin que entre tanto creciera el log: lo que va de camino
 * a él, y los plazos, no los cuenta ninguna suscripción, y lo que se salda puede dejar otra cosa por salir.
 */
export const quieto = async (api: string, { plazoMs, ...donde }: Donde & Readonly<{ plazoMs: number }>): Promise<void> => {
  const limite = performance.now() + plazoMs
  const quedan = (): number => Math.max(0, Math.round(limite - performance.now()))
  for (let [visto, fin] = [undefined as unknown, finDelLog(donde)]; visto !== fin; [visto, fin] = [fin, finDelLog(donde)]) {
    await hastaQue('que todo se cumpla', async () => (await sinCumplir(donde)) === 0, quedan())
    await drenado(api, quedan())
    await hastaQue('que todo salga hacia el log', async () => (await porSalir(donde)) === 0, quedan())
  }
}
