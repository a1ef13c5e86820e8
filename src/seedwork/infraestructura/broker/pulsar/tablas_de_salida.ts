import { sql } from 'kysely'
import { consulta, type FilaSalida } from './tablas.ts'

/** El número que sigue en el tópico. La fila queda bloqueada hasta el commit: los números se confirman en su orden y sin huecos. */
export const tomarSecuencia = consulta((db, p: { topico: string }) =>
  db
    .insertInto('pulsar_topicos')
    .values({ topico: p.topico, ultima: 1 })
    .onConflict((c) => c.column('topico').doUpdateSet({ ultima: sql<number>`pulsar_topicos.ultima + 1` }))
    .returning('ultima'),
)

export const agregarASalida = consulta((db, p: FilaSalida) =>
  db.insertInto('pulsar_salida').values({
    topico: p.topico,
    secuencia: p.secuencia,
    id: p.id,
    llave: p.llave,
    propiedades: p.propiedades,
    datos: p.datos,
    instante: p.instante,
  }),
)

/** Lo que falta por confirmar, desde `desde` inclusive. */
export const leerSalida = consulta((db, p: { topico: string; desde: number; maximo: number }) =>
  db
    .selectFrom('pulsar_salida')
    .selectAll()
    .where('topico', '=', p.topico)
    .where('secuencia', '>=', p.desde)
    .orderBy('secuencia')
    .limit(p.maximo),
)

/** Hasta cuántas se cuentan de las que no tienen número: de ahí en adelante da igual cuántas sean. */
const CONTADAS = 10_001

/** De cada tópico: el último número dado y el primero sin confirmar, con su hora. Lo que aún no tiene número cuenta como los siguientes. */
export const mirarSalidas = consulta((db, _: object) =>
  db
    .selectFrom('pulsar_topicos as t')
    .leftJoin('pulsar_salida as s', (u) =>
      u.onRef('s.topico', '=', 't.topico').on('s.secuencia', '=', (e) =>
        e
          .selectFrom('pulsar_salida as m')
          .select((m) => m.fn.min('m.secuencia').as('primera'))
          .whereRef('m.topico', '=', 't.topico'),
      ),
    )
    .leftJoin('pulsar_por_numerar as n', (u) =>
      u.on('n.orden', '=', (e) =>
        e
          .selectFrom('pulsar_por_numerar as m')
          .select((m) => m.fn.min('m.orden').as('primera'))
          .whereRef('m.topico', '=', 't.topico'),
      ),
    )
    .select((e) => [
      't.topico',
      e('t.ultima', '+', sql<number>`(select count(*) from (${sinNumero}) as x)`).as('ultima'),
      sql<number | null>`coalesce(s.secuencia, case when n.orden is not null then t.ultima + 1 end)`.as('primera'),
      sql<number | null>`coalesce(s.instante, n.instante)`.as('instante'),
    ]),
)

const sinNumero = sql`select 1 from pulsar_por_numerar p where p.topico = t.topico limit ${sql.lit(CONTADAS)}`

/** Quita lo confirmado. No toca nada si quien lo pide ya no es el dueño. */
export const quitarConfirmadas = consulta((db, p: { topico: string; hasta: number; arriendo: string; token: number }) =>
  db
    .deleteFrom('pulsar_salida')
    .where('topico', '=', p.topico)
    .where('secuencia', '<=', p.hasta)
    .where((e) =>
      e.exists(e.selectFrom('pulsar_arriendos').select('nombre').where('nombre', '=', p.arriendo).where('token', '=', p.token)),
    ),
)

export const leerArriendo = consulta((db, p: { nombre: string }) =>
  db.selectFrom('pulsar_arriendos').selectAll().where('nombre', '=', p.nombre),
)

export const crearArriendo = consulta((db, p: { nombre: string; dueno: string }) =>
  db
    .insertInto('pulsar_arriendos')
    .values({ nombre: p.nombre, dueno: p.dueno, token: 1, latido: 0 })
    .onConflict((c) => c.doNothing()),
)

/** Pasa a otro dueño, si nadie lo tocó desde que se vio con ese token y ese latido. */
export const quitarArriendo = consulta((db, p: { nombre: string; dueno: string; token: number; latido: number }) =>
  db
    .updateTable('pulsar_arriendos')
    .set({ dueno: p.dueno, token: sql<number>`token + 1`, latido: 0 })
    .where('nombre', '=', p.nombre)
    .where('token', '=', p.token)
    .where('latido', '=', p.latido),
)

export const renovarArriendo = consulta((db, p: { nombre: string; token: number }) =>
  db.updateTable('pulsar_arriendos').set({ latido: sql<number>`latido + 1` }).where('nombre', '=', p.nombre).where('token', '=', p.token),
)

export const soltarArriendo = consulta((db, p: { nombre: string; token: number }) =>
  db.updateTable('pulsar_arriendos').set({ dueno: null }).where('nombre', '=', p.nombre).where('token', '=', p.token),
)
