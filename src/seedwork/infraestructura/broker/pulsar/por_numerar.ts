import { sql } from 'kysely'
import type { Almacen, Tx } from '../../almacen/puerto.ts'
import { consulta, type FilaPorNumerar, type FilaSalida } from './tablas.ts'

/**
 * En PostgreSQL muchas transacciones publican a la vez, y darles ahí el número de su tópico las pondría en fila hasta el commit de cada
 * una. Dejan la fila sin número y lo toma quien tiene el arriendo del relevo, por tandas: recoge las que hay (un conjunto, no «lo
 * posterior a la última»: la que se confirma tarde sigue ahí) y las numera antes de enviarlas.
 *
 * El orden de una llave es el de los commits: quien publica toma el candado de su llave antes que el `orden`, y lo tiene hasta confirmar.
 * Dos transacciones de llaves distintas no se esperan.
 */
export type PorNumerar = Omit<FilaPorNumerar, 'orden'>

/** Deja los mensajes escritos, en su orden. Los candados, en orden de llave: dos tandas con las mismas no se abrazan. */
export const dejarPorNumerar = (tx: Tx, mensajes: readonly PorNumerar[]): void => {
  const lista = mensajes.map(({ datos, ...resto }) => ({
    ...resto,
    datos: Buffer.from(datos.buffer, datos.byteOffset, datos.byteLength).toString('base64'),
  }))
  tx.escribir(dejar, { lista: JSON.stringify(lista) })
}

/** Numera hasta `maximo` de un tópico y las devuelve en su orden. Ninguna si el arriendo ya es de otro. */
export const numerar = async (
  almacen: Almacen,
  { topico, arriendo, token, maximo }: Readonly<{ topico: string; arriendo: string; token: number; maximo: number }>,
): Promise<readonly FilaSalida[]> => {
  const filas = await almacen.ejecutar(async (tx) => {
    if ((await tx.una(hayPorNumerar, { topico })) === undefined) return []
    // El dueño siguiente espera este commit: lo que aquí se numera, lo ve numerado.
    if ((await tx.una(retenerArriendo, { arriendo, token })) === undefined) return []
    return tx.todas(numerarTanda, { topico, maximo })
  }, 'consumidor')
  return filas.toSorted((una, otra) => una.secuencia - otra.secuencia)
}

const dejar = consulta((db, p: { lista: string }) => ({
  compile: () =>
    sql<unknown>`
      with candados as materialized (
        select pg_advisory_xact_lock(hashtext(topico), hashtext(llave)) from (
          select distinct topico, llave from json_to_recordset(${p.lista}::json) as m(topico text, llave text)
          where llave is not null order by topico, llave
        ) as llaves
      )
      insert into pulsar_por_numerar (topico, id, llave, propiedades, datos, instante)
      select topico, id, llave, propiedades, decode(datos, 'base64'), instante
      from rows from (json_to_recordset(${p.lista}::json) as
        (topico text, id text, llave text, propiedades text, datos text, instante bigint)) with ordinality
        as m(topico, id, llave, propiedades, datos, instante, lugar), (select count(*) from candados) as tomados
      order by lugar`.compile(db),
}))

const hayPorNumerar = consulta((db, p: { topico: string }) =>
  db.selectFrom('pulsar_por_numerar').select('orden').where('topico', '=', p.topico).orderBy('orden').limit(1),
)

const retenerArriendo = consulta((db, p: { arriendo: string; token: number }) =>
  db.selectFrom('pulsar_arriendos').select('token').where('nombre', '=', p.arriendo).where('token', '=', p.token).forShare(),
)

const numerarTanda = consulta((db, p: { topico: string; maximo: number }) => ({
  compile: () =>
    sql<FilaSalida>`
      with recogidas as (
        delete from pulsar_por_numerar where orden = any (array(
          select orden from pulsar_por_numerar where topico = ${p.topico} order by orden limit ${p.maximo}
        )) returning *
      ), cuenta as (
        insert into pulsar_topicos (topico, ultima) select ${p.topico}, count(*) from recogidas
        on conflict (topico) do update set ultima = pulsar_topicos.ultima + excluded.ultima returning ultima
      )
      insert into pulsar_salida (topico, secuencia, id, llave, propiedades, datos, instante)
      select r.topico, ultima - count(*) over () + row_number() over (order by orden), id, llave, propiedades, datos, instante
      from recogidas r, cuenta
      returning topico, secuencia, id, llave, propiedades, datos, instante`.compile(db),
}))

/** Deja el tópico en la cuenta, para que se le mire aunque no haya salido nada de él. */
export const conocerTopico = consulta((db, p: { topico: string }) =>
  db
    .insertInto('pulsar_topicos')
    .values({ topico: p.topico, ultima: 0 })
    .onConflict((c) => c.doNothing()),
)
