import { sql } from 'kysely'
import type { Asientos } from '../dominio/repositorios.ts'
import { consulta, type FilaAsientos } from './tablas.ts'

/** Comparar y vender es una sola sentencia, en la tx de la reserva: del último asiento hay un solo dueño (fiabilidad P25). */
export const asientos: Asientos = {
  vendidos: async (lector, cabinas) => {
    const filas = await lector.todas(deCabinas, { cabinas: JSON.stringify(cabinas) })
    return new Map(filas.map(({ cabina, vendidos }) => [cabina, vendidos]))
  },
  tomar: async (tx, { llave: cabina, cupo }, cuantos) => {
    await tx.ejecutar(abrir, { cabina, vendidos: 0 })
    return (await tx.ejecutar(sumar, { cabina, cuantos, hasta: cupo - cuantos })) === 1
  },
  devolver: async (tx, cabina, cuantos) => void (await tx.ejecutar(restar, { cabina, cuantos })),
}

const deCabinas = consulta((db, p: { cabinas: string }, dialecto) => {
  const lista =
    dialecto === 'sqlite' ? sql`select value from json_each(${p.cabinas})` : sql`select json_array_elements_text(${p.cabinas}::json)`
  return db.selectFrom('asientos').selectAll().where(sql<boolean>`cabina in (${lista})`)
})

const abrir = consulta((db, p: FilaAsientos) =>
  db
    .insertInto('asientos')
    .values({ cabina: p.cabina, vendidos: p.vendidos })
    .onConflict((c) => c.doNothing()),
)

const sumar = consulta((db, p: { cabina: string; cuantos: number; hasta: number }) =>
  db
    .updateTable('asientos')
    .set((e) => ({ vendidos: e('vendidos', '+', p.cuantos) }))
    .where('cabina', '=', p.cabina)
    .where('vendidos', '<=', p.hasta),
)

const restar = consulta((db, p: { cabina: string; cuantos: number }) =>
  db
    .updateTable('asientos')
    .set((e) => ({ vendidos: e('vendidos', '-', p.cuantos) }))
    .where('cabina', '=', p.cabina),
)
