import { sql } from 'kysely'
import { noEncontrado } from '../dominio/errores.ts'
import type { Instante } from '../dominio/instante.ts'
import { consultas, type Dialecto } from './almacen/consultas.ts'
import type { Migraciones } from './almacen/migraciones.ts'
import type { Lector, Tx } from './almacen/puerto.ts'
import { type Sumada, sumaDe } from './almacen/suma.ts'

export type EstadoDeOperacion = 'aceptada' | 'en_proceso' | 'completada' | 'fallida'
export type ErrorDeOperacion = Readonly<{ codigo: string; clase: string; es: string; en: string }>

/** Un comando pedido y qué fue de él. `sujeto` es sobre qué se pidió; `eventos`, los nombres de lo que ocurrió. */
export type Operacion = Readonly<{
  id: string
  comando: string
  sujeto: string
  actor: string
  estado: EstadoDeOperacion
  eventos: readonly string[]
  error: ErrorDeOperacion | null
  fecha_creacion: Instante
  fecha_actualizacion: Instante
}>

type Fila = Omit<Operacion, 'eventos' | 'error'> & Readonly<{ eventos: string; error: string | null }>
const consulta = consultas<{ operaciones: Fila & Sumada & Sumada<'suma_estado'> }>()

type Pedido = Omit<Fila, keyof Estado> & Pick<Fila, 'id'>
type Estado = Pick<Fila, 'id' | 'estado' | 'eventos' | 'error' | 'fecha_actualizacion'>

/** Son dos porque quien la termina no sabe qué se pidió, ni necesita leerlo. */
const sumaDelPedido = sumaDe<Pedido>('operaciones', { id: true, comando: true, sujeto: true, actor: true, fecha_creacion: true })
const sumaDelEstado = sumaDe<Estado, 'suma_estado'>(
  'operaciones',
  { id: true, estado: true, eventos: true, error: true, fecha_actualizacion: true },
  'suma_estado',
)
export const sumasOperaciones = [sumaDelPedido, sumaDelEstado] as const

export type NuevaOperacion = Pick<Operacion, 'id' | 'comando' | 'sujeto' | 'actor' | 'fecha_creacion'>
export type Final = Readonly<{ id: string; eventos: readonly string[]; error: ErrorDeOperacion | null; instante: Instante }>

/** La deja `aceptada`. Si ya existe (su mensaje llegó dos veces) no la toca. */
export const aceptarOperacion = (tx: Tx, nueva: NuevaOperacion): void => tx.escribir(insertar, nueva)

/** Muchas, en una sola sentencia, y sin sumas: así acepta el almacén cuyas unidades corren a la vez, que no las lleva. */
export const aceptarOperaciones = (tx: Tx, nuevas: readonly NuevaOperacion[]): void =>
  tx.escribir(insertarVarias, { lista: JSON.stringify(nuevas) })

/** Un intento falló y habrá otro: sigue abierta, y dice por qué tarda. */
export const demorarOperacion = (tx: Tx, { id, error, instante }: Omit<Final, 'eventos'>): void =>
  tx.escribir(actualizar, { id, estado: 'en_proceso', eventos: '[]', error: JSON.stringify(error), fecha_actualizacion: instante })

/** La termina: `fallida` si hay error, `completada` si no. */
export const terminarOperacion = (tx: Tx, { id, eventos, error, instante }: Final): void =>
  tx.escribir(actualizar, {
    id,
    estado: error === null ? 'completada' : 'fallida',
    eventos: JSON.stringify(eventos),
    error: error === null ? null : JSON.stringify(error),
    fecha_actualizacion: instante,
  })

/** Lanza `operacion_no_encontrada` (también para un id mal formado). */
export const obtenerOperacion = async (lector: Lector, id: string): Promise<Operacion> => {
  const fila = await lector.una(porId, { id })
  if (fila === undefined) throw operacionNoEncontrada(id)
  const sana = sumaDelEstado.exigir(sumaDelPedido.exigir(fila))
  return { ...sana, eventos: JSON.parse(sana.eventos), error: sana.error === null ? null : JSON.parse(sana.error) }
}

/** No existe, o no es de quien pregunta. */
export const operacionNoEncontrada = (id: string) =>
  noEncontrado('operacion_no_encontrada', { es: `No hay una operación ${id}.`, en: `There is no operation ${id}.` })

const porId = consulta((db, p: { id: string }) => db.selectFrom('operaciones').selectAll().where('id', '=', p.id))

const recienAceptada = ({ id, fecha_creacion }: NuevaOperacion): Estado => ({
  ...{ id, estado: 'aceptada', eventos: '[]', error: null },
  fecha_actualizacion: fecha_creacion,
})

const insertar = consulta((db, p: NuevaOperacion, dialecto) =>
  db
    .insertInto('operaciones')
    .values({
      id: p.id,
      comando: p.comando,
      sujeto: p.sujeto,
      actor: p.actor,
      estado: 'aceptada',
      eventos: '[]',
      error: null,
      fecha_creacion: p.fecha_creacion,
      fecha_actualizacion: p.fecha_creacion,
      suma: sumaDelPedido.columna(dialecto),
      suma_estado: sumaDelEstado.columna(dialecto, recienAceptada),
    })
    .onConflict((c) => c.doNothing()),
)

const insertarVarias = consulta((db, p: { lista: string }, dialecto) => ({
  compile: () =>
    sql<unknown>`
      insert into operaciones (id, comando, sujeto, actor, estado, eventos, error, fecha_creacion, fecha_actualizacion)
      select id, comando, sujeto, actor, 'aceptada', '[]', null, fecha_creacion, fecha_creacion from ${nuevasDe(p.lista, dialecto)}
      where true on conflict do nothing`.compile(db),
}))

/** La lista de JSON, como filas. */
const nuevasDe = (lista: string, dialecto: Dialecto) =>
  dialecto === 'postgres'
    ? sql`json_to_recordset(${lista}::json) as n(id text, comando text, sujeto text, actor text, fecha_creacion bigint)`
    : sql`(select value ->> 'id' as id, value ->> 'comando' as comando, value ->> 'sujeto' as sujeto, value ->> 'actor' as actor,
        value ->> 'fecha_creacion' as fecha_creacion from json_each(${lista}))`

/** Una operación terminada no cambia más. */
const actualizar = consulta((db, p: Estado, dialecto) =>
  db
    .updateTable('operaciones')
    .set({
      estado: p.estado,
      eventos: p.eventos,
      error: p.error,
      fecha_actualizacion: p.fecha_actualizacion,
      suma_estado: sumaDelEstado.columna(dialecto),
    })
    .where('id', '=', p.id)
    .where('estado', 'in', ['aceptada', 'en_proceso']),
)

export const migracionesOperaciones: Migraciones = {
  modulo: 'operaciones',
  lista: [
    {
      nombre: 'operaciones',
      pasos: ({ schema }, { entero, agrupada }) => [
        schema
          .createTable('operaciones')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('comando', 'text', (c) => c.notNull())
          .addColumn('sujeto', 'text', (c) => c.notNull())
          .addColumn('actor', 'text', (c) => c.notNull())
          .addColumn('estado', 'text', (c) => c.notNull())
          .addColumn('eventos', 'text', (c) => c.notNull())
          .addColumn('error', 'text')
          .addColumn('fecha_creacion', entero, (c) => c.notNull())
          .addColumn('fecha_actualizacion', entero, (c) => c.notNull())
          .modifyEnd(agrupada),
      ],
    },
    {
      nombre: 'sumas',
      pasos: ({ schema }, { entero }) => [
        schema.alterTable('operaciones').addColumn('suma', entero),
        schema.alterTable('operaciones').addColumn('suma_estado', entero),
      ],
    },
  ],
}
