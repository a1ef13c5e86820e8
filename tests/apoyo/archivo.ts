import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import type { Api } from './lugar.ts'

type ConCarpeta = Pick<Api, 'carpeta'>

const leyendo = <T>({ carpeta }: ConCarpeta, leer: (db: DatabaseSync) => T): T => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO), { readOnly: true })
  try {
    return leer(db)
  } finally {
    db.close()
  }
}

const tablasDe = (db: DatabaseSync): string[] =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .all()
    .map(({ name }) => String(name))

/** Lo que un pedido puede haber escrito. */
const DEL_PEDIDO = ['reservas', 'resumen_reservas', 'historial_cliente', 'operaciones', 'outbox', 'idempotencia'] as const

/** Cuántas filas confirmadas hay de todo lo que un pedido escribe: dos lecturas iguales son un pedido que no dejó nada. */
export const filas = (api: ConCarpeta): Readonly<Record<(typeof DEL_PEDIDO)[number], number>> =>
  leyendo(api, (db) => {
    // Lo que va hacia un Pulsar se va de su tabla cuando sale: cuenta lo que se publicó.
    const haciaPulsar = tablasDe(db).includes('pulsar_topicos')
    const contar = (tabla: string) =>
      Number(
        tabla === 'outbox' && haciaPulsar
          ? db.prepare('SELECT coalesce(sum(ultima), 0) AS n FROM pulsar_topicos').get()?.n
          : db.prepare(`SELECT count(*) AS n FROM ${tabla}`).get()?.n,
      )
    return Object.fromEntries(DEL_PEDIDO.map((tabla) => [tabla, contar(tabla)])) as Record<(typeof DEL_PEDIDO)[number], number>
  })

/** Los mensajes confirmados de un tópico que hablan de una reserva: sus tipos, en orden. */
export const publicadosEn = (api: ConCarpeta, topico: string, llave: string): readonly string[] =>
  leyendo(api, (db) =>
    db
      .prepare("SELECT json_extract(propiedades, '$.type') AS tipo FROM outbox WHERE topico = ? AND llave = ? ORDER BY posicion")
      .all(topico, llave)
      .map(({ tipo }) => String(tipo)),
  )

/** Las tablas en que aparece `aguja`, en cualquier columna y también dentro de los bytes de los mensajes. */
export const tablasCon = (api: ConCarpeta, aguja: string): readonly string[] =>
  leyendo(api, (db) =>
    tablasDe(db).filter((tabla) =>
      db
        .prepare(`SELECT * FROM ${tabla}`)
        .all()
        .some((fila) => Object.values(fila).some((valor) => comoTexto(valor).includes(aguja))),
    ),
  )

const comoTexto = (valor: unknown): string => (valor instanceof Uint8Array ? Buffer.from(valor).toString('latin1') : String(valor))

/** Otra conexión que tiene el cerrojo de escritura, como otro proceso, hasta que lo suelta. */
export const ocuparAlmacen = ({ carpeta }: ConCarpeta): Readonly<{ soltar: () => void }> => {
  const otra = new DatabaseSync(join(carpeta, ARCHIVO), { timeout: 5_000 })
  otra.exec('BEGIN IMMEDIATE')
  return { soltar: () => otra.close() }
}
