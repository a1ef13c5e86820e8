import { consultas } from './almacen/consultas.ts'
import type { Migraciones } from './almacen/migraciones.ts'
import type { Tx } from './almacen/puerto.ts'
import { type Sumada, sumaDe } from './almacen/suma.ts'

type Fila = Readonly<{ consumidor: string; id_mensaje: string; instante: number }>
const consulta = consultas<{ inbox: Fila & Sumada }>()

/** Nadie la mira al leer, que es sólo por llave: está para quien revise el archivo. */
export const sumaInbox = sumaDe<Fila>('inbox', { consumidor: true, id_mensaje: true, instante: true })

/**
 * Anota que `consumidor` procesa el mensaje; `false` si ya lo había hecho, y entonces no hay nada que hacer. Va en la misma tx que el
 * efecto: o quedan los dos o ninguno. Cada consumidor tiene su identidad, o dos módulos de un proceso se quitarían los mensajes.
 */
export const anotarEnInbox = async (tx: Tx, entrada: Fila): Promise<boolean> => (await tx.ejecutar(anotar, entrada)) === 1

/** Olvida lo procesado antes de `antes`, que debe ser anterior a todo lo que aún pueda volver a entregarse. */
export const olvidarInbox = (tx: Tx, antes: number): Promise<number> => tx.ejecutar(olvidar, { antes })

const anotar = consulta((db, p: Fila, dialecto) =>
  db
    .insertInto('inbox')
    .values({ consumidor: p.consumidor, id_mensaje: p.id_mensaje, instante: p.instante, suma: sumaInbox.columna(dialecto) })
    .onConflict((c) => c.doNothing()),
)

const olvidar = consulta((db, p: { antes: number }) => db.deleteFrom('inbox').where('instante', '<', p.antes))

export const migracionesInbox: Migraciones = {
  modulo: 'inbox',
  lista: [
    {
      nombre: 'inbox',
      pasos: ({ schema }, { entero, agrupada }) => [
        schema
          .createTable('inbox')
          .addColumn('consumidor', 'text')
          .addColumn('id_mensaje', 'text')
          .addColumn('instante', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('inbox_pk', ['consumidor', 'id_mensaje'])
          .modifyEnd(agrupada),
      ],
    },
    { nombre: 'suma', pasos: ({ schema }, { entero }) => [schema.alterTable('inbox').addColumn('suma', entero)] },
  ],
}
