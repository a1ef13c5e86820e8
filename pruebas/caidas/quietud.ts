import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { leerFilas } from '../../tests/procesos/apoyo/leyes.ts'
import { drenado } from '../../tests/procesos/apoyo/por_fuera.ts'
import type { Fila } from '../comprobador/historia.ts'
import { type Donde, deLaBase } from './testigos.ts'

const PLAZOS = { plazos: 'SELECT id FROM plazos' }
const SALIDAS = { salida: 'SELECT id FROM pulsar_salida', por_numerar: 'SELECT id FROM pulsar_por_numerar' }

const cuantas = (tablas: Readonly<Record<string, readonly Fila[] | undefined>>): number =>
  Object.values(tablas).reduce((total, filas = []) => total + filas.length, 0)

/** Cuántas reservas esperan todavía a que la aerolínea responda: lo que falta por pedir, que ninguna suscripción cuenta. */
const porVencer = async ({ datos, base }: Donde): Promise<number> =>
  cuantas(base === undefined ? leerFilas(datos, PLAZOS) : await deLaBase(base, PLAZOS))

/** Cuántos mensajes están escritos en la base y no en el log. Donde la base es el archivo, el log es una tabla suya: ninguno. */
const porSalir = async ({ base }: Donde): Promise<number> => (base === undefined ? 0 : cuantas(await deLaBase(base, SALIDAS)))

/**
 * Nada por vencer y, después de verlo, nada por saldar: lo que vence sólo deja de contarse cuando ya está pedido. Y nada por salir: lo que va
 * de camino al log no es un atraso, y un tópico que nadie consume aquí no tiene quien lo cuente.
 */
export const quieto = async (api: string, { plazoMs, ...donde }: Donde & Readonly<{ plazoMs: number }>): Promise<void> => {
  await hastaQue('que la aerolínea responda por todas', async () => (await porVencer(donde)) === 0, plazoMs)
  await drenado(api, plazoMs)
  await hastaQue('que todo salga hacia el log', async () => (await porSalir(donde)) === 0, plazoMs)
}
