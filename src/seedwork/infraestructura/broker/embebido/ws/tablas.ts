import { consultas } from '../../../almacen/consultas.ts'
import type { Migraciones } from '../../../almacen/migraciones.ts'

/** El último envío guardado de cada productor con nombre: lo que ya está no se guarda otra vez. */
type FilaProductor = Readonly<{ topico: string; nombre: string; secuencia: number; instante: number }>

const consulta = consultas<{ productores: FilaProductor }>()

export const migracionesWs: Migraciones = {
  modulo: 'broker_embebido_ws',
  lista: [
    {
      nombre: 'productores',
      pasos: ({ schema }, { entero, agrupada }) => [
        schema
          .createTable('productores')
          .addColumn('topico', 'text')
          .addColumn('nombre', 'text')
          .addColumn('secuencia', entero, (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('productores_pk', ['topico', 'nombre'])
          .modifyEnd(agrupada),
      ],
    },
  ],
}

export const secuenciaDe = consulta((db, p: { topico: string; nombre: string }) =>
  db.selectFrom('productores').select('secuencia').where('topico', '=', p.topico).where('nombre', '=', p.nombre),
)

export const guardarSecuencia = consulta((db, p: FilaProductor) =>
  db
    .insertInto('productores')
    .values({ topico: p.topico, nombre: p.nombre, secuencia: p.secuencia, instante: p.instante })
    .onConflict((c) => c.columns(['topico', 'nombre']).doUpdateSet({ secuencia: p.secuencia, instante: p.instante })),
)

/** Los que no envían desde antes de `antes`: repetir algo tan viejo ya no se reconoce. */
export const olvidarProductores = consulta((db, p: { antes: number }) => db.deleteFrom('productores').where('instante', '<', p.antes))
