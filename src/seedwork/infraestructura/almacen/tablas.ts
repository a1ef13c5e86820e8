import { consultas } from './consultas.ts'

/** Lo que el almacén guarda de sí mismo: unos valores (su época, su latido) y qué migraciones se le aplicaron. */
const consulta = consultas<{
  almacen: { llave: string; valor: string }
  migraciones: { modulo: string; numero: number; nombre: string; instante: number }
}>()

export const crearTablas = (entero: 'INTEGER' | 'BIGINT'): readonly string[] => [
  'CREATE TABLE IF NOT EXISTS almacen (llave TEXT PRIMARY KEY, valor TEXT NOT NULL)',
  `CREATE TABLE IF NOT EXISTS migraciones (modulo TEXT, numero ${entero}, nombre TEXT NOT NULL, instante ${entero} NOT NULL, PRIMARY KEY (modulo, numero))`,
]

export const leerValor = consulta((db, p: { llave: string }) => db.selectFrom('almacen').select('valor').where('llave', '=', p.llave))

export const guardarValor = consulta((db, p: { llave: string; valor: string }) =>
  db
    .insertInto('almacen')
    .values({ llave: p.llave, valor: p.valor })
    .onConflict((c) => c.column('llave').doUpdateSet({ valor: p.valor })),
)

export const contarMigraciones = consulta((db, p: { modulo: string }) =>
  db
    .selectFrom('migraciones')
    .select((e) => e.fn.countAll<number>().as('aplicadas'))
    .where('modulo', '=', p.modulo),
)

export const anotarMigracion = consulta((db, p: { modulo: string; numero: number; nombre: string; instante: number }) =>
  db.insertInto('migraciones').values({ modulo: p.modulo, numero: p.numero, nombre: p.nombre, instante: p.instante }),
)
