import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirAlmacen } from '../../bench/composicion.ts'

export const TOPICO = 'eventos-atrasados'
export const NOMBRE = 'quien-estuvo-ausente'

/** Deja en la carpeta un log con `guardados` mensajes ya saldados y, después, `atraso` que la suscripción no ha visto. */
export const sembrar = async (carpeta: string, { guardados, atraso }: Readonly<{ guardados: number; atraso: number }>): Promise<void> => {
  await (await abrirAlmacen(carpeta)).cerrar()
  const db = new DatabaseSync(join(carpeta, ARCHIVO))
  db.exec('pragma synchronous = off; begin')
  db.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
     insert into outbox (posicion, topico, id, llave, para, propiedades, datos, instante)
     select i, ?, 'm' || i, 'k' || (i % 5000), null, '{"type":"ReservaCreada","specversion":"1.0"}', randomblob(300), ? from n`,
  ).run(guardados + atraso, TOPICO, Date.now())
  db.prepare('insert into suscripciones (topico, nombre, hasta, abierto_hasta) values (?, ?, ?, 0)').run(TOPICO, NOMBRE, guardados)
  db.exec('commit; pragma wal_checkpoint(truncate)')
  db.close()
}

/** Cuántos mensajes dejó anotados el consumidor: lo que de verdad quedó hecho. */
export const anotados = (carpeta: string): number => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO), { readOnly: true })
  try {
    return (db.prepare('select count(*) n from inbox where consumidor = ?').get(NOMBRE) as { n: number }).n
  } finally {
    db.close()
  }
}
