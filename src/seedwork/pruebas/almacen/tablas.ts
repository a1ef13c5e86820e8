import { sql } from 'kysely'
import { consultas } from '../../infraestructura/almacen/consultas.ts'
import type { Migraciones } from '../../infraestructura/almacen/migraciones.ts'
import type { Lector } from '../../infraestructura/almacen/puerto.ts'

type Tablas = {
  filas: { id: string; texto: string | null; bytes: Uint8Array | null }
  cuentas: { id: string; valor: number; version: number }
}

const consulta = consultas<Tablas>()

/** Dos tablas sin negocio, para probar almacenes: `filas` sólo crece y `cuentas` tiene versión. */
export const tablasDePrueba: Migraciones = {
  modulo: 'prueba',
  lista: [
    {
      nombre: 'filas_y_cuentas',
      pasos: (db, tipos) => [
        db.schema
          .createTable('filas')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('texto', 'text')
          .addColumn('bytes', tipos.bytes),
        db.schema
          .createTable('cuentas')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('valor', tipos.entero, (c) => c.notNull())
          .addColumn('version', tipos.entero, (c) => c.notNull()),
      ],
    },
  ],
}

export const agregarFila = consulta((db, p: { id: string }) => db.insertInto('filas').values({ id: p.id, texto: null, bytes: null }))

/** `lista`: los identificadores, en JSON. */
export const agregarFilas = consulta((db, p: { lista: string }, dialecto) =>
  db
    .insertInto('filas')
    .columns(['id'])
    .expression(
      dialecto === 'sqlite'
        ? sql`select value from json_each(${p.lista})`
        : sql`select value from json_array_elements_text(${p.lista}::json)`,
    ),
)

export const agregarFilaLlena = consulta((db, p: { id: string; texto: string | null; bytes: Uint8Array | null }) =>
  db.insertInto('filas').values({ id: p.id, texto: p.texto, bytes: p.bytes }),
)

export const buscarFila = consulta((db, p: { id: string }) => db.selectFrom('filas').selectAll().where('id', '=', p.id))

export const listarFilas = consulta((db, _: object) => db.selectFrom('filas').select('id').orderBy('id'))

/** Los identificadores de las filas que ve `lector`, en orden alfabético. */
export const idsDe = async (lector: Lector): Promise<string[]> => (await lector.todas(listarFilas, {})).map(({ id }) => id)

export const abrirCuenta = consulta((db, p: { id: string }) => db.insertInto('cuentas').values({ id: p.id, valor: 0, version: 0 }))

export const buscarCuenta = consulta((db, p: { id: string }) => db.selectFrom('cuentas').selectAll().where('id', '=', p.id))

export const sumarUno = consulta((db, p: { id: string }) =>
  db
    .updateTable('cuentas')
    .set((e) => ({ valor: e('valor', '+', 1) }))
    .where('id', '=', p.id),
)

/** Escribe sólo si la versión sigue siendo la que se leyó. */
export const guardarCuenta = consulta((db, p: { id: string; valor: number; leida: number; siguiente: number }) =>
  db.updateTable('cuentas').set({ valor: p.valor, version: p.siguiente }).where('id', '=', p.id).where('version', '=', p.leida),
)
