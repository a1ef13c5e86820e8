import type { Almacen } from '../../almacen/puerto.ts'
import * as tablas from './tablas.ts'

const POR_UNIDAD = 1_000

/** Hasta dónde se puede borrar un tópico: lo vencido que ninguna suscripción espera, y nunca su último mensaje. */
const borrable = tablas.consulta((db, p: { topico: string; antes: number; maximo: number }) =>
  db
    .selectFrom('outbox')
    .select('posicion')
    .where('topico', '=', p.topico)
    .where('instante', '<', p.antes)
    .where('posicion', '<', (e) =>
      e
        .selectFrom('outbox')
        .select((o) => o.fn.max('posicion').as('m'))
        .where('topico', '=', p.topico),
    )
    .where('posicion', '<=', (e) =>
      e
        .selectFrom('suscripciones')
        .select((s) => s.fn.coalesce(s.fn.min('hasta'), s.lit(Number.MAX_SAFE_INTEGER)).as('m'))
        .where('topico', '=', p.topico),
    )
    .orderBy('posicion')
    .limit(p.maximo),
)

const borrarHasta = tablas.consulta((db, p: { topico: string; hasta: number }) =>
  db.deleteFrom('outbox').where('topico', '=', p.topico).where('posicion', '<=', p.hasta),
)

const anotarBorrado = tablas.consulta((db, p: { topico: string; hasta: number }) =>
  db
    .insertInto('outbox_borrado')
    .values({ topico: p.topico, hasta: p.hasta })
    .onConflict((c) => c.column('topico').doUpdateSet({ hasta: p.hasta })),
)

/** Borra, de a pocos, lo publicado antes de `antes` que ninguna suscripción espera. Nunca lo apartado ni lo último de un tópico. */
export const borrarVencidos = async (almacen: Almacen, antes: number): Promise<number> => {
  let total = 0
  for (const { topico } of await almacen.lector.todas(tablas.leerTopicos, {}))
    for (let borradas = POR_UNIDAD; borradas === POR_UNIDAD; total += borradas) borradas = await borrarPagina(almacen, topico, antes)
  return total
}

const borrarPagina = (almacen: Almacen, topico: string, antes: number): Promise<number> =>
  almacen.ejecutar(async (tx) => {
    const vencidas = await tx.todas(borrable, { topico, antes, maximo: POR_UNIDAD })
    const hasta = vencidas.at(-1)?.posicion
    if (hasta === undefined) return 0
    await tx.ejecutar(borrarHasta, { topico, hasta })
    await tx.ejecutar(anotarBorrado, { topico, hasta })
    return vencidas.length
  }, 'consumidor')
