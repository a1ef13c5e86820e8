import { sql } from 'kysely'
import { consultas, type Dialecto } from '../../almacen/consultas.ts'
import type { Migraciones } from '../../almacen/migraciones.ts'

/** Un mensaje que todavía no se sabe que Pulsar guardó. `secuencia` es su número en el productor del tópico: 1, 2, 3… sin huecos. */
export type FilaSalida = Readonly<{
  topico: string
  secuencia: number
  id: string
  llave: string | null
  propiedades: string
  datos: Uint8Array
  instante: number
}>

/** Quién hace algo que sólo uno puede hacer. `token` crece con cada dueño; `latido`, mientras el dueño vive. */
export type FilaArriendo = Readonly<{ nombre: string; dueno: string | null; token: number; latido: number }>

export type FilaIntento = Readonly<{ topico: string; nombre: string; posicion: string; intentos: number; caidas: number; no_antes: number }>

/** `devuelto`: 1 si un operador lo mandó otra vez a su suscripción y todavía no se saldó. */
export type FilaApartado = Readonly<{
  numero: number
  topico: string
  suscripcion: string
  id: string
  llave: string | null
  propiedades: string
  datos: Uint8Array
  posicion: string
  instante: number
  codigo: string
  mensaje: string
  intentos: number
  apartado: number
  devuelto: number
}>

type Tablas = {
  pulsar_salida: FilaSalida
  pulsar_topicos: { topico: string; ultima: number }
  pulsar_arriendos: FilaArriendo
  pulsar_acuses: { topico: string; nombre: string; posicion: string; instante: number }
  pulsar_intentos: FilaIntento
  pulsar_tramos: { tramo: string; miembro: string; topico: string; nombre: string; posiciones: string; instante: number }
  pulsar_apartados: FilaApartado
}

const consulta = consultas<Tablas>()

export const migracionesPulsar: Migraciones = {
  modulo: 'broker_pulsar',
  lista: [
    {
      nombre: 'salida_y_suscripciones',
      pasos: ({ schema }, { entero, bytes, agrupada, numerada }) => [
        schema
          .createTable('pulsar_salida')
          .addColumn('topico', 'text')
          .addColumn('secuencia', entero)
          .addColumn('id', 'text', (c) => c.notNull())
          .addColumn('llave', 'text')
          .addColumn('propiedades', 'text', (c) => c.notNull())
          .addColumn('datos', bytes, (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('pulsar_salida_pk', ['topico', 'secuencia'])
          .modifyEnd(agrupada),
        schema
          .createTable('pulsar_topicos')
          .addColumn('topico', 'text', (c) => c.primaryKey())
          .addColumn('ultima', entero, (c) => c.notNull()),
        schema
          .createTable('pulsar_arriendos')
          .addColumn('nombre', 'text', (c) => c.primaryKey())
          .addColumn('dueno', 'text')
          .addColumn('token', entero, (c) => c.notNull())
          .addColumn('latido', entero, (c) => c.notNull()),
        schema
          .createTable('pulsar_acuses')
          .addColumn('topico', 'text')
          .addColumn('nombre', 'text')
          .addColumn('posicion', 'text')
          .addColumn('instante', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('pulsar_acuses_pk', ['topico', 'nombre', 'posicion'])
          .modifyEnd(agrupada),
        schema.createIndex('pulsar_acuses_por_instante').on('pulsar_acuses').columns(['topico', 'nombre', 'instante']),
        schema
          .createTable('pulsar_intentos')
          .addColumn('topico', 'text')
          .addColumn('nombre', 'text')
          .addColumn('posicion', 'text')
          .addColumn('intentos', entero, (c) => c.notNull())
          .addColumn('caidas', entero, (c) => c.notNull())
          .addColumn('no_antes', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('pulsar_intentos_pk', ['topico', 'nombre', 'posicion'])
          .modifyEnd(agrupada),
        schema
          .createTable('pulsar_tramos')
          .addColumn('tramo', 'text', (c) => c.primaryKey())
          .addColumn('miembro', 'text', (c) => c.notNull())
          .addColumn('topico', 'text', (c) => c.notNull())
          .addColumn('nombre', 'text', (c) => c.notNull())
          .addColumn('posiciones', 'text', (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull()),
        schema.createIndex('pulsar_tramos_por_suscripcion').on('pulsar_tramos').columns(['topico', 'nombre']),
        schema
          .createTable('pulsar_apartados')
          .addColumn('numero', entero, numerada)
          .addColumn('topico', 'text', (c) => c.notNull())
          .addColumn('suscripcion', 'text', (c) => c.notNull())
          .addColumn('id', 'text', (c) => c.notNull())
          .addColumn('llave', 'text')
          .addColumn('propiedades', 'text', (c) => c.notNull())
          .addColumn('datos', bytes, (c) => c.notNull())
          .addColumn('posicion', 'text', (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull())
          .addColumn('codigo', 'text', (c) => c.notNull())
          .addColumn('mensaje', 'text', (c) => c.notNull())
          .addColumn('intentos', entero, (c) => c.notNull())
          .addColumn('apartado', entero, (c) => c.notNull())
          .addColumn('devuelto', entero, (c) => c.notNull()),
        schema.createIndex('pulsar_apartados_por_suscripcion').on('pulsar_apartados').columns(['topico', 'suscripcion', 'devuelto']),
      ],
    },
  ],
}

/** El número que sigue en el tópico. La fila queda bloqueada hasta el commit: los números se confirman en su orden y sin huecos. */
export const tomarSecuencia = consulta((db, p: { topico: string }) =>
  db
    .insertInto('pulsar_topicos')
    .values({ topico: p.topico, ultima: 1 })
    .onConflict((c) => c.column('topico').doUpdateSet({ ultima: sql<number>`pulsar_topicos.ultima + 1` }))
    .returning('ultima'),
)

export const agregarASalida = consulta((db, p: FilaSalida) =>
  db.insertInto('pulsar_salida').values({
    topico: p.topico,
    secuencia: p.secuencia,
    id: p.id,
    llave: p.llave,
    propiedades: p.propiedades,
    datos: p.datos,
    instante: p.instante,
  }),
)

/** Lo que falta por confirmar, desde `desde` inclusive. */
export const leerSalida = consulta((db, p: { topico: string; desde: number; maximo: number }) =>
  db
    .selectFrom('pulsar_salida')
    .selectAll()
    .where('topico', '=', p.topico)
    .where('secuencia', '>=', p.desde)
    .orderBy('secuencia')
    .limit(p.maximo),
)

/** De cada tópico: el último número dado y el primero sin confirmar, con su hora. */
export const mirarSalidas = consulta((db, _: object) =>
  db
    .selectFrom('pulsar_topicos as t')
    .leftJoin('pulsar_salida as s', (u) =>
      u.onRef('s.topico', '=', 't.topico').on('s.secuencia', '=', (e) =>
        e
          .selectFrom('pulsar_salida as m')
          .select((m) => m.fn.min('m.secuencia').as('primera'))
          .whereRef('m.topico', '=', 't.topico'),
      ),
    )
    .select(['t.topico', 't.ultima', 's.secuencia as primera', 's.instante']),
)

/** Quita lo confirmado. No toca nada si quien lo pide ya no es el dueño. */
export const quitarConfirmadas = consulta((db, p: { topico: string; hasta: number; arriendo: string; token: number }) =>
  db
    .deleteFrom('pulsar_salida')
    .where('topico', '=', p.topico)
    .where('secuencia', '<=', p.hasta)
    .where((e) =>
      e.exists(e.selectFrom('pulsar_arriendos').select('nombre').where('nombre', '=', p.arriendo).where('token', '=', p.token)),
    ),
)

export const leerArriendo = consulta((db, p: { nombre: string }) =>
  db.selectFrom('pulsar_arriendos').selectAll().where('nombre', '=', p.nombre),
)

export const crearArriendo = consulta((db, p: { nombre: string; dueno: string }) =>
  db
    .insertInto('pulsar_arriendos')
    .values({ nombre: p.nombre, dueno: p.dueno, token: 1, latido: 0 })
    .onConflict((c) => c.doNothing()),
)

/** Pasa a otro dueño, si nadie lo tocó desde que se vio con ese token y ese latido. */
export const quitarArriendo = consulta((db, p: { nombre: string; dueno: string; token: number; latido: number }) =>
  db
    .updateTable('pulsar_arriendos')
    .set({ dueno: p.dueno, token: sql<number>`token + 1`, latido: 0 })
    .where('nombre', '=', p.nombre)
    .where('token', '=', p.token)
    .where('latido', '=', p.latido),
)

export const renovarArriendo = consulta((db, p: { nombre: string; token: number }) =>
  db.updateTable('pulsar_arriendos').set({ latido: sql<number>`latido + 1` }).where('nombre', '=', p.nombre).where('token', '=', p.token),
)

export const soltarArriendo = consulta((db, p: { nombre: string; token: number }) =>
  db.updateTable('pulsar_arriendos').set({ dueno: null }).where('nombre', '=', p.nombre).where('token', '=', p.token),
)

type DeSuscripcion = { topico: string; nombre: string }

/** Si el texto está en una lista JSON: las consultas se compilan una vez, y la lista es de cualquier largo. */
const enLista = (lista: string, dialecto: Dialecto) =>
  dialecto === 'sqlite'
    ? sql<boolean>`posicion in (select value from json_each(${lista}))`
    : sql<boolean>`posicion in (select jsonb_array_elements_text(${lista}::jsonb))`

export const acusar = consulta((db, p: DeSuscripcion & { posicion: string; instante: number }) =>
  db
    .insertInto('pulsar_acuses')
    .values({ topico: p.topico, nombre: p.nombre, posicion: p.posicion, instante: p.instante })
    .onConflict((c) => c.doNothing()),
)

export const acusadasDe = consulta((db, p: DeSuscripcion & { lista: string }, dialecto) =>
  db
    .selectFrom('pulsar_acuses')
    .select('posicion')
    .where('topico', '=', p.topico)
    .where('nombre', '=', p.nombre)
    .where(enLista(p.lista, dialecto)),
)

export const acusesDe = consulta((db, p: DeSuscripcion) =>
  db.selectFrom('pulsar_acuses').select('posicion').where('topico', '=', p.topico).where('nombre', '=', p.nombre),
)

export const olvidarAcuses = consulta((db, p: DeSuscripcion & { antes: number }) =>
  db.deleteFrom('pulsar_acuses').where('topico', '=', p.topico).where('nombre', '=', p.nombre).where('instante', '<', p.antes),
)

export const intentosDe = consulta((db, p: DeSuscripcion & { lista: string }, dialecto) =>
  db
    .selectFrom('pulsar_intentos')
    .selectAll()
    .where('topico', '=', p.topico)
    .where('nombre', '=', p.nombre)
    .where(enLista(p.lista, dialecto)),
)

export const guardarIntento = consulta((db, p: FilaIntento) =>
  db
    .insertInto('pulsar_intentos')
    .values({ topico: p.topico, nombre: p.nombre, posicion: p.posicion, intentos: p.intentos, caidas: p.caidas, no_antes: p.no_antes })
    .onConflict((c) =>
      c.columns(['topico', 'nombre', 'posicion']).doUpdateSet({ intentos: p.intentos, caidas: p.caidas, no_antes: p.no_antes }),
    ),
)

export const borrarIntento = consulta((db, p: DeSuscripcion & { posicion: string }) =>
  db.deleteFrom('pulsar_intentos').where('topico', '=', p.topico).where('nombre', '=', p.nombre).where('posicion', '=', p.posicion),
)

export const agregarTramo = consulta((db, p: DeSuscripcion & { tramo: string; miembro: string; posiciones: string; instante: number }) =>
  db
    .insertInto('pulsar_tramos')
    .values({ tramo: p.tramo, miembro: p.miembro, topico: p.topico, nombre: p.nombre, posiciones: p.posiciones, instante: p.instante }),
)

/** Lo que otros, vivos o muertos, pudieron tener en curso. */
export const tramosAjenos = consulta((db, p: DeSuscripcion & { miembro: string }) =>
  db
    .selectFrom('pulsar_tramos')
    .select(['tramo', 'posiciones'])
    .where('topico', '=', p.topico)
    .where('nombre', '=', p.nombre)
    .where('miembro', '!=', p.miembro),
)

export const borrarTramo = consulta((db, p: { tramo: string }) => db.deleteFrom('pulsar_tramos').where('tramo', '=', p.tramo))

export const borrarTramosDe = consulta((db, p: DeSuscripcion & { miembro: string }) =>
  db.deleteFrom('pulsar_tramos').where('topico', '=', p.topico).where('nombre', '=', p.nombre).where('miembro', '=', p.miembro),
)

/** Los de vidas que nadie reclamó. */
export const olvidarTramos = consulta((db, p: DeSuscripcion & { antes: number }) =>
  db.deleteFrom('pulsar_tramos').where('topico', '=', p.topico).where('nombre', '=', p.nombre).where('instante', '<', p.antes),
)

export const agregarApartado = consulta((db, p: Omit<FilaApartado, 'numero' | 'devuelto'>) =>
  db.insertInto('pulsar_apartados').values({
    topico: p.topico,
    suscripcion: p.suscripcion,
    id: p.id,
    llave: p.llave,
    propiedades: p.propiedades,
    datos: p.datos,
    posicion: p.posicion,
    instante: p.instante,
    codigo: p.codigo,
    mensaje: p.mensaje,
    intentos: p.intentos,
    apartado: p.apartado,
    devuelto: 0,
  } as FilaApartado),
)

type Filtro = { topico: string | null; suscripcion: string | null; llave: string | null; codigo: string | null }

/** Un filtro ausente llega como null y no filtra. */
export const leerApartados = consulta((db, p: Filtro & { desde: number; maximo: number }, dialecto) => {
  const parametro = (valor: string | null) => (dialecto === 'sqlite' ? sql`${valor}` : sql`${valor}::text`)
  const coincide = (columna: keyof Filtro) =>
    sql<boolean>`(${parametro(p[columna])} is null or ${sql.ref(columna)} = ${parametro(p[columna])})`
  return db
    .selectFrom('pulsar_apartados')
    .selectAll()
    .where('devuelto', '=', 0)
    .where('numero', '>', p.desde)
    .where(coincide('topico'))
    .where(coincide('suscripcion'))
    .where(coincide('llave'))
    .where(coincide('codigo'))
    .orderBy('numero')
    .limit(p.maximo)
})

export const devolverApartado = consulta((db, p: { numero: number }) =>
  db.updateTable('pulsar_apartados').set({ devuelto: 1 }).where('numero', '=', p.numero),
)

export const leerDevueltos = consulta((db, p: DeSuscripcion & { desde: number; maximo: number }) =>
  db
    .selectFrom('pulsar_apartados')
    .selectAll()
    .where('topico', '=', p.topico)
    .where('suscripcion', '=', p.nombre)
    .where('devuelto', '=', 1)
    .where('numero', '>', p.desde)
    .orderBy('numero')
    .limit(p.maximo),
)

export const contarDevueltos = consulta((db, p: DeSuscripcion) =>
  db
    .selectFrom('pulsar_apartados')
    .select((e) => e.fn.countAll<number>().as('devueltos'))
    .where('topico', '=', p.topico)
    .where('suscripcion', '=', p.nombre)
    .where('devuelto', '=', 1),
)

export const saldarDevuelto = consulta((db, p: { numero: number }) =>
  db.deleteFrom('pulsar_apartados').where('numero', '=', p.numero).where('devuelto', '=', 1),
)
