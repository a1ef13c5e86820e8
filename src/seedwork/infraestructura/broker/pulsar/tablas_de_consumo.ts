import { sql } from 'kysely'
import type { Dialecto } from '../../almacen/consultas.ts'
import { consulta, type FilaApartado, type FilaIntento } from './tablas.ts'

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

/** `devuelto`: 2 si este mismo proceso lo entregará. */
export const devolverApartado = consulta((db, p: { numero: number; devuelto: 1 | 2 }) =>
  db.updateTable('pulsar_apartados').set({ devuelto: p.devuelto }).where('numero', '=', p.numero),
)

/** Los que ningún proceso ha tomado, de cualquier suscripción. */
export const leerSinTomar = consulta((db, p: { maximo: number }) =>
  db.selectFrom('pulsar_apartados').selectAll().where('devuelto', '=', 1).orderBy('numero').limit(p.maximo),
)

/** Una fila si nadie se adelantó. */
export const tomarDevuelto = consulta((db, p: { numero: number }) =>
  db.updateTable('pulsar_apartados').set({ devuelto: 2 }).where('numero', '=', p.numero).where('devuelto', '=', 1),
)

/** Los toma quien abre la suscripción; los que otro tenía sin saldar también, porque pudo morir con ellos. */
export const tomarDevueltosDe = consulta((db, p: DeSuscripcion) =>
  db
    .updateTable('pulsar_apartados')
    .set({ devuelto: 2 })
    .where('topico', '=', p.topico)
    .where('suscripcion', '=', p.nombre)
    .where('devuelto', '=', 1),
)

export const leerDevueltos = consulta((db, p: DeSuscripcion & { desde: number; maximo: number }) =>
  db
    .selectFrom('pulsar_apartados')
    .selectAll()
    .where('topico', '=', p.topico)
    .where('suscripcion', '=', p.nombre)
    .where('devuelto', '>', 0)
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
    .where('devuelto', '>', 0),
)

export const saldarDevuelto = consulta((db, p: { numero: number }) =>
  db.deleteFrom('pulsar_apartados').where('numero', '=', p.numero).where('devuelto', '>', 0),
)
