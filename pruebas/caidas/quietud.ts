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

/**
 * Espera, cuando ya nadie pide, a que todo esté cumplido, haya salido y esté saldado. En ese orden, porque cada cosa deja escrita la siguiente
 * antes de dejar de contarse: lo que va de camino al log, y un tópico que nadie consume en este proceso, no los cuenta nadie más.
 */
export const quieto = async (api: string, { plazoMs, ...donde }: Donde & Readonly<{ plazoMs: number }>): Promise<void> => {
  await hastaQue('que todo se cumpla', async () => (await sinCumplir(donde)) === 0, plazoMs)
  await hastaQue('que todo salga hacia el log', async () => (await porSalir(donde)) === 0, plazoMs)
  await drenado(api, plazoMs)
}
