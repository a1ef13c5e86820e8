import { DatabaseSync } from 'node:sqlite'
import { consultas } from '../../almacen/consultas.ts'
import type { Migraciones } from '../../almacen/migraciones.ts'
import type { Tx } from '../../almacen/puerto.ts'
import type { Entrega } from '../puerto.ts'

type Tablas = {
  /** Lo que el dominio escribió junto con cada publicación. */
  publicados: { mensaje: string }
  /** Lo que cada mensaje hizo, en el orden en que lo hizo: una fila por mensaje, como un inbox. */
  efectos: { orden: number | undefined; mensaje: string; llave: string }
  /** Entregas cuyo efecto ya estaba. */
  repetidos: { mensaje: string }
}

const consulta = consultas<Tablas>()

/** Tablas de un dominio de prueba, para ver después de una caída qué se hizo y cuántas veces. */
export const migracionesDeEfectos: Migraciones = {
  modulo: 'efectos_de_prueba',
  lista: [
    {
      nombre: 'efectos',
      pasos: ({ schema }, { entero }) => [
        schema.createTable('publicados').addColumn('mensaje', 'text', (c) => c.primaryKey()),
        schema
          .createTable('efectos')
          .addColumn('orden', entero, (c) => c.primaryKey().autoIncrement())
          .addColumn('mensaje', 'text', (c) => c.notNull().unique())
          .addColumn('llave', 'text', (c) => c.notNull()),
        schema.createTable('repetidos').addColumn('mensaje', 'text', (c) => c.notNull()),
      ],
    },
  ],
}

export const anotarPublicado = consulta((db, p: { mensaje: string }) => db.insertInto('publicados').values({ mensaje: p.mensaje }))

export const contarPublicados = consulta((db, _: object) => db.selectFrom('publicados').select((e) => e.fn.countAll<number>().as('total')))

const anotarEfecto = consulta((db, p: { mensaje: string; llave: string }) =>
  db
    .insertInto('efectos')
    .values({ mensaje: p.mensaje, llave: p.llave } as Tablas['efectos'])
    .onConflict((c) => c.doNothing()),
)

export const leerEfectos = consulta((db, _: object) => db.selectFrom('efectos').select(['mensaje', 'llave']).orderBy('orden'))

export const contarRepetidos = consulta((db, _: object) => db.selectFrom('repetidos').select((e) => e.fn.countAll<number>().as('total')))

const anotarRepetido = consulta((db, p: { mensaje: string }) => db.insertInto('repetidos').values({ mensaje: p.mensaje }))

/** El efecto de una entrega y su acuse, en la misma tx. */
export const hacerEfecto = async (tx: Tx, entrega: Entrega): Promise<void> => {
  const { id: mensaje, llave } = entrega.mensaje
  const nuevos = await tx.ejecutar(anotarEfecto, { mensaje, llave: llave ?? '' })
  if (nuevos === 0) await tx.ejecutar(anotarRepetido, { mensaje })
  await entrega.acusar(tx)
}

export type Balance = Readonly<{
  publicados: string[]
  enElLog: string[]
  /** Por llave, en el orden en que se hicieron. */
  efectos: Map<string, string[]>
  repetidos: string[]
  apartados: { id: string; codigo: string; intentos: string }[]
}>

/** Lo que quedó escrito en el archivo de un almacén que nadie tiene abierto. */
export const leerBalance = (archivo: string, topico: string): Balance => {
  const db = new DatabaseSync(archivo)
  const filas = (sql: string, ...valores: string[]) => db.prepare(sql).all(...valores) as Record<string, string>[]
  const textos = (sql: string, ...valores: string[]) => filas(sql, ...valores).map((fila) => Object.values(fila)[0] as string)
  try {
    const efectos = filas('SELECT llave, mensaje FROM efectos ORDER BY orden')
    return {
      publicados: textos('SELECT mensaje FROM publicados ORDER BY mensaje'),
      enElLog: textos('SELECT id FROM outbox WHERE topico = ? AND para IS NULL ORDER BY id', topico),
      efectos: new Map(
        [...Map.groupBy(efectos, ({ llave }) => llave as string)].map(([llave, suyos]) => [llave, suyos.map((e) => e.mensaje as string)]),
      ),
      repetidos: textos('SELECT mensaje FROM repetidos'),
      apartados: filas(
        `SELECT id, propiedades ->> 'dlqcodigo' codigo, propiedades ->> 'dlqintentos' intentos FROM outbox WHERE topico LIKE '%-DLQ'`,
      ).map(({ id = '', codigo = '', intentos = '' }) => ({ id, codigo, intentos })),
    }
  } finally {
    db.close()
  }
}
