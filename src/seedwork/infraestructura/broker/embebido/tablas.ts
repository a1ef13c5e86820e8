import { sql } from 'kysely'
import { consultas } from '../../almacen/consultas.ts'
import type { Migraciones } from '../../almacen/migraciones.ts'
import { type Sumada, sumaDe } from '../../almacen/suma.ts'
import type { FiltroDeApartados } from '../puerto.ts'

/** La fila del outbox es la del log del tópico: publicar es escribirla. `para` = sólo para esa suscripción (un reintento). */
export type Publicado = Readonly<{
  posicion: number
  topico: string
  id: string
  llave: string | null
  para: string | null
  propiedades: string
  datos: Uint8Array
  instante: number
}>
/** Como se lee: hasta pasar por `sumaDelLog.exigir` no se sabe si es lo que se escribió. */
export type FilaOutbox = Publicado & Sumada

/** Cubre la fila entera: casi todo bit que cambia sin que SQLite lo vea cae en ella. */
export const sumaDelLog = sumaDe<Publicado>('outbox', {
  ...{ posicion: true, topico: true, id: true, llave: true },
  ...{ para: true, propiedades: true, datos: true, instante: true },
})

/** `hasta`: todo lo de esa posición o anterior está saldado. `abierto_hasta`: lo no saldado hasta ahí pudo haberse entregado ya. */
export type FilaSuscripcion = Readonly<{ topico: string; nombre: string; hasta: number; abierto_hasta: number }>

/** `caidas`: veces que el proceso murió con el mensaje entregado y sin saldar. */
export type FilaIntento = Readonly<{ topico: string; nombre: string; posicion: number; intentos: number; caidas: number; no_antes: number }>

type Tablas = {
  outbox: FilaOutbox
  outbox_borrado: { topico: string; hasta: number }
  suscripciones: FilaSuscripcion
  acuses: { topico: string; nombre: string; posicion: number }
  intentos: FilaIntento
}

export const consulta = consultas<Tablas>()

export const migracionesEmbebido: Migraciones = {
  modulo: 'broker_embebido',
  lista: [
    {
      nombre: 'log_y_suscripciones',
      pasos: ({ schema }, { entero, bytes, agrupada }) => [
        schema
          .createTable('outbox')
          .addColumn('posicion', entero, (c) => c.primaryKey())
          .addColumn('topico', 'text', (c) => c.notNull())
          .addColumn('id', 'text', (c) => c.notNull())
          .addColumn('llave', 'text')
          .addColumn('para', 'text')
          .addColumn('propiedades', 'text', (c) => c.notNull())
          .addColumn('datos', bytes, (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull()),
        schema.createIndex('outbox_por_topico').on('outbox').columns(['topico', 'posicion']),
        schema
          .createTable('outbox_borrado')
          .addColumn('topico', 'text', (c) => c.primaryKey())
          .addColumn('hasta', entero, (c) => c.notNull()),
        schema
          .createTable('suscripciones')
          .addColumn('topico', 'text')
          .addColumn('nombre', 'text')
          .addColumn('hasta', entero, (c) => c.notNull())
          .addColumn('abierto_hasta', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('suscripciones_pk', ['topico', 'nombre']),
        schema
          .createTable('acuses')
          .addColumn('topico', 'text')
          .addColumn('nombre', 'text')
          .addColumn('posicion', entero)
          .addPrimaryKeyConstraint('acuses_pk', ['topico', 'nombre', 'posicion'])
          .modifyEnd(agrupada),
        schema
          .createTable('intentos')
          .addColumn('topico', 'text')
          .addColumn('nombre', 'text')
          .addColumn('posicion', entero)
          .addColumn('intentos', entero, (c) => c.notNull())
          .addColumn('caidas', entero, (c) => c.notNull())
          .addColumn('no_antes', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('intentos_pk', ['topico', 'nombre', 'posicion'])
          .modifyEnd(agrupada),
      ],
    },
    { nombre: 'suma', pasos: ({ schema }, { entero }) => [schema.alterTable('outbox').addColumn('suma', entero)] },
  ],
}

type DeSuscripcion = { topico: string; nombre: string }

export const agregarAlOutbox = consulta((db, p: Publicado, dialecto) =>
  db.insertInto('outbox').values({
    posicion: p.posicion,
    topico: p.topico,
    id: p.id,
    llave: p.llave,
    para: p.para,
    propiedades: p.propiedades,
    datos: p.datos,
    instante: p.instante,
    suma: sumaDelLog.columna(dialecto),
  }),
)

export const ultimaPosicion = consulta((db, _: object) =>
  db.selectNoFrom((e) => [
    e
      .selectFrom('outbox')
      .select((o) => o.fn.max('posicion').as('m'))
      .as('en_outbox'),
    e
      .selectFrom('suscripciones')
      .select((s) => s.fn.max('hasta').as('m'))
      .as('en_suscripciones'),
  ]),
)

export const leerPagina = consulta((db, p: { topico: string; desde: number; maximo: number }) =>
  db.selectFrom('outbox').selectAll().where('topico', '=', p.topico).where('posicion', '>', p.desde).orderBy('posicion').limit(p.maximo),
)

export const leerUno = consulta((db, p: { posicion: number }) => db.selectFrom('outbox').selectAll().where('posicion', '=', p.posicion))

export const ultimaDelTopico = consulta((db, p: { topico: string }) =>
  db.selectFrom('outbox').select('posicion').where('topico', '=', p.topico).orderBy('posicion', 'desc').limit(1),
)

export const primeraDesdeInstante = consulta((db, p: { topico: string; instante: number }) =>
  db
    .selectFrom('outbox')
    .select('posicion')
    .where('topico', '=', p.topico)
    .where('instante', '>=', p.instante)
    .orderBy('posicion')
    .limit(1),
)

export const contarDesde = consulta((db, p: { topico: string; nombre: string; desde: number }) =>
  db
    .selectFrom('outbox')
    .select((e) => e.fn.countAll<number>().as('total'))
    .where('topico', '=', p.topico)
    .where('posicion', '>', p.desde)
    .where((e) => e.or([e('para', 'is', null), e('para', '=', p.nombre)])),
)

export const leerSuscripcion = consulta((db, p: DeSuscripcion) =>
  db.selectFrom('suscripciones').selectAll().where('topico', '=', p.topico).where('nombre', '=', p.nombre),
)

export const crearSuscripcion = consulta((db, p: { topico: string; nombre: string; hasta: number }) =>
  db
    .insertInto('suscripciones')
    .values({ topico: p.topico, nombre: p.nombre, hasta: p.hasta, abierto_hasta: 0 })
    .onConflict((c) => c.doNothing()),
)

export const suscripcionesDe = consulta((db, p: { topico: string }) =>
  db.selectFrom('suscripciones').selectAll().where('topico', '=', p.topico),
)

/** Los tópicos que alguien consume; los de apartados los lee el operador, y no cuentan. */
export const topicosConSuscripcion = consulta((db, _: object) =>
  db.selectFrom('suscripciones').select('topico').distinct().where('nombre', '!=', 'operador').orderBy('topico'),
)

export const borrarSuscripcion = consulta((db, p: DeSuscripcion) =>
  db.deleteFrom('suscripciones').where('topico', '=', p.topico).where('nombre', '=', p.nombre),
)

/** El primero y el último de un tópico y cuántos son. */
export const resumenDelTopico = consulta((db, p: { topico: string }) =>
  db
    .selectFrom('outbox')
    .select((e) => [
      e.fn.countAll<number>().as('total'),
      e.fn.min<number | null>('posicion').as('primera'),
      e.fn.max<number | null>('posicion').as('ultima'),
    ])
    .where('topico', '=', p.topico),
)

export const abrirHasta = consulta((db, p: { topico: string; nombre: string; abierto_hasta: number }) =>
  db.updateTable('suscripciones').set({ abierto_hasta: p.abierto_hasta }).where('topico', '=', p.topico).where('nombre', '=', p.nombre),
)

export const avanzarHasta = consulta((db, p: { topico: string; nombre: string; hasta: number }) =>
  db.updateTable('suscripciones').set({ hasta: p.hasta }).where('topico', '=', p.topico).where('nombre', '=', p.nombre),
)

/** `lista`: las posiciones, en JSON. */
export const acusarPosiciones = consulta((db, p: DeSuscripcion & { lista: string }) =>
  db
    .insertInto('acuses')
    .columns(['topico', 'nombre', 'posicion'])
    .expression(sql`select ${p.topico}, ${p.nombre}, value from json_each(${p.lista}) where true`)
    .onConflict((c) => c.doNothing()),
)

/** Dice, con las filas que tocó, si ya lo estaba. */
export const acusarPosicion = consulta((db, p: { topico: string; nombre: string; posicion: number }) =>
  db
    .insertInto('acuses')
    .values({ topico: p.topico, nombre: p.nombre, posicion: p.posicion })
    .onConflict((c) => c.doNothing()),
)

export const leerAcuses = consulta((db, p: { topico: string; nombre: string; desde: number }) =>
  db.selectFrom('acuses').select('posicion').where('topico', '=', p.topico).where('nombre', '=', p.nombre).where('posicion', '>', p.desde),
)

export const borrarAcuses = consulta((db, p: { topico: string; nombre: string; hasta: number }) =>
  db.deleteFrom('acuses').where('topico', '=', p.topico).where('nombre', '=', p.nombre).where('posicion', '<=', p.hasta),
)

export const leerIntentos = consulta((db, p: { topico: string; nombre: string; desde: number }) =>
  db.selectFrom('intentos').selectAll().where('topico', '=', p.topico).where('nombre', '=', p.nombre).where('posicion', '>', p.desde),
)

export const guardarIntento = consulta((db, p: FilaIntento) =>
  db
    .insertInto('intentos')
    .values({ topico: p.topico, nombre: p.nombre, posicion: p.posicion, intentos: p.intentos, caidas: p.caidas, no_antes: p.no_antes })
    .onConflict((c) =>
      c.columns(['topico', 'nombre', 'posicion']).doUpdateSet({ intentos: p.intentos, caidas: p.caidas, no_antes: p.no_antes }),
    ),
)

export const borrarIntentos = consulta((db, p: { topico: string; nombre: string; hasta: number }) =>
  db.deleteFrom('intentos').where('topico', '=', p.topico).where('nombre', '=', p.nombre).where('posicion', '<=', p.hasta),
)

/** Los apartados que `operador` no ha reintentado. Un filtro ausente llega como null y no filtra. */
export const leerApartados = consulta((db, p: Record<keyof FiltroDeApartados, string | null> & { desde: number; maximo: number }) => {
  const propiedad = (nombre: string) => sql<string>`json_extract(propiedades, ${sql.lit(`$.${nombre}`)})`
  const coincide = (izquierda: ReturnType<typeof propiedad>, valor: string | null) =>
    sql<boolean>`(${valor} is null or ${izquierda} = ${valor})`
  return db
    .selectFrom('outbox')
    .selectAll()
    .where('topico', 'in', db.selectFrom('suscripciones').select('topico').where('nombre', '=', 'operador'))
    .where('posicion', '>', p.desde)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('acuses')
            .select('posicion')
            .whereRef('acuses.topico', '=', 'outbox.topico')
            .where('nombre', '=', 'operador')
            .whereRef('acuses.posicion', '=', 'outbox.posicion'),
        ),
      ),
    )
    .where(coincide(propiedad('dlqtopico'), p.topico))
    .where(coincide(propiedad('dlqsuscripcion'), p.suscripcion))
    .where(coincide(propiedad('dlqcodigo'), p.codigo))
    .where(coincide(sql<string>`llave`, p.llave))
    .orderBy('posicion')
    .limit(p.maximo)
})

export const leerBorrado = consulta((db, p: { topico: string }) =>
  db.selectFrom('outbox_borrado').select('hasta').where('topico', '=', p.topico),
)

export const leerTopicos = consulta((db, _: object) => db.selectFrom('outbox').select('topico').distinct())
