import type { Almacen } from '../../almacen/puerto.ts'
import * as tablas from './tablas.ts'

const POR_UNIDAD = 1_000

/** Borra, de a pocos, lo publicado antes de `antes` que ninguna suscripción espera. Nunca lo apartado ni lo último de un tópico. */
export const borrarVencidos = async (almacen: Almacen, antes: number): Promise<number> => {
  let total = 0
  for (const { topico } of await almacen.lector.todas(tablas.leerTopicos, {}))
    for (let borradas = POR_UNIDAD; borradas === POR_UNIDAD; total += borradas) borradas = await borrarPagina(almacen, topico, antes)
  return total
}

const borrarPagina = (almacen: Almacen, topico: string, antes: number): Promise<number> =>
  almacen.ejecutar(async (tx) => {
    const vencidas = await tx.todas(tablas.borrable, { topico, antes, maximo: POR_UNIDAD })
    const hasta = vencidas.at(-1)?.posicion
    if (hasta === undefined) return 0
    await tx.ejecutar(tablas.borrarHasta, { topico, hasta })
    await tx.ejecutar(tablas.anotarBorrado, { topico, hasta })
    return vencidas.length
  }, 'consumidor')
