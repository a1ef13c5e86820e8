import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'

/** De lo prometido con un 202, lo que el archivo dice. Todo en cero es que cada promesa llegó a un final, y a uno solo. */
export type Incumplidas = Readonly<{
  perdidas: number
  sinTerminar: number
  sinAnuncio: number
  anunciadasDeMas: number
  sinReserva: number
}>

const conArchivo = <R>(carpeta: string, usar: (db: DatabaseSync) => R): R => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO))
  try {
    return usar(db)
  } finally {
    db.close()
  }
}

const FINALES = "('completada', 'fallida')"

/**
 * Mira el archivo por SQL. Un final es uno cuando la operación lo dice y hay un solo mensaje cuya causa es su comando
 * en el tópico de operaciones; el de una completada es, además, una reserva.
 */
export const revisarPromesas = (carpeta: string, ids: readonly string[]): Incumplidas =>
  conArchivo(carpeta, (db) => {
    db.exec('create temp table prometida (id text primary key) without rowid')
    const anotar = db.prepare('insert into prometida values (?)')
    db.exec('begin')
    for (const id of ids) anotar.run(id)
    db.exec('commit')
    const cuantas = (sql: string): number => (db.prepare(`select count(*) n from (${sql})`).get() as { n: number }).n
    const terminada = `select o.id, o.sujeto from prometida p join operaciones o on o.id = p.id where o.estado in ${FINALES}`
    db.exec(
      "create temp table anuncio as select json_extract(propiedades, '$.causationid') id from outbox where topico = 'eventos-operacion'",
    )
    db.exec('create index temp.anuncio_por_id on anuncio (id)')
    return {
      perdidas: cuantas('select id from prometida where id not in (select id from operaciones)'),
      sinTerminar: cuantas(`select p.id from prometida p join operaciones o on o.id = p.id where o.estado not in ${FINALES}`),
      sinAnuncio: cuantas(`select id from (${terminada}) where id not in (select id from anuncio where id is not null)`),
      anunciadasDeMas: cuantas('select p.id from prometida p join anuncio a on a.id = p.id group by p.id having count(*) > 1'),
      sinReserva: cuantas(
        `select o.id from prometida p join operaciones o on o.id = p.id where o.estado = 'completada' and o.sujeto not in (select id from reservas)`,
      ),
    }
  })

/** Cuántas de las prometidas terminaron entre dos horas, por segundo. */
export const terminadasPorSegundo = (carpeta: string, { desde, hasta }: Readonly<{ desde: number; hasta: number }>): number =>
  conArchivo(carpeta, (db) => {
    const sql = `select count(*) n from operaciones where comando = 'CrearReserva' and estado in ${FINALES} and fecha_actualizacion >= ? and fecha_actualizacion < ?`
    return ((db.prepare(sql).get(desde, hasta) as { n: number }).n * 1_000) / (hasta - desde)
  })

/** El control: rompe una promesa. */
export const olvidarUna = (carpeta: string, id: string): void =>
  conArchivo(carpeta, (db) => void db.prepare('delete from operaciones where id = ?').run(id))
