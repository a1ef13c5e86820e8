import { consultas } from '../almacen/consultas.ts'
import type { Migraciones } from '../almacen/migraciones.ts'
import type { Almacen, Lector } from '../almacen/puerto.ts'
import { type Sumada, sumaDe } from '../almacen/suma.ts'
import type { Reloj } from '../puertos.ts'
import { comprobarCompatible } from './compatibilidad.ts'
import type { EsquemaRecord } from './esquema_avro.ts'
import { compilarTipo } from './esquema_topico.ts'
import type { EsquemaConocido, EsquemasConocidos } from './lectura.ts'
import type { TopicoDeclarado } from './topico.ts'

/** `esquemas(topico text, version integer, dataschema text primary key, esquema text, instante integer)`; (topico, version) es única. */
export type TablaEsquemas = Readonly<{ topico: string; version: number; dataschema: string; esquema: string; instante: number }>
export type TablasEsquemas = { esquemas: TablaEsquemas & Sumada }

type ARegistrar = Pick<TopicoDeclarado, 'nombre' | 'dataschema' | 'esquema'>

/** Los esquemas con que alguna vez se escribió en cada tópico de este almacén. Leer es en memoria. */
export interface RegistroEsquemas extends EsquemasConocidos {
  /**
   * Devuelve el número de orden del esquema en su tópico, desde 1. Uno ya registrado no cambia nada; uno nuevo tiene que ser compatible
   * con todos los anteriores, porque sus mensajes siguen en el tópico: si no, `esquema_incompatible`. Durable cuando resuelve.
   */
  registrar(topico: ARegistrar): Promise<number>
}

const consulta = consultas<TablasEsquemas>()
export const sumaEsquemas = sumaDe<TablaEsquemas>('esquemas', {
  topico: true,
  version: true,
  dataschema: true,
  esquema: true,
  instante: true,
})

const todos = consulta((db, _: Record<never, never>) => db.selectFrom('esquemas').selectAll())
const delTopico = consulta((db, p: { topico: string }) =>
  db.selectFrom('esquemas').selectAll().where('topico', '=', p.topico).orderBy('version'),
)
const agregar = consulta((db, p: TablaEsquemas, dialecto) =>
  db.insertInto('esquemas').values({
    topico: p.topico,
    version: p.version,
    dataschema: p.dataschema,
    esquema: p.esquema,
    instante: p.instante,
    suma: sumaEsquemas.columna(dialecto),
  }),
)

/** Un esquema como quedó guardado: `esquema` es su JSON y `version` su número de orden, desde 1. */
export type EsquemaGuardado = TablaEsquemas

/** Los esquemas de un tópico, del más viejo al más nuevo. */
export const esquemasDelTopico = async (lector: Lector, topico: string): Promise<readonly EsquemaGuardado[]> =>
  (await lector.todas(delTopico, { topico })).map(sumaEsquemas.exigir)

const esquemaDeFila = (fila: TablaEsquemas): EsquemaRecord => JSON.parse(fila.esquema) as EsquemaRecord

const conocido = (topico: string, esquema: EsquemaRecord): EsquemaConocido => ({ topico, esquema, tipo: compilarTipo(esquema) })

/** Escribe el esquema si es nuevo y cabe con los anteriores; devuelve su número. */
const anotar = (almacen: Almacen, reloj: Reloj, { nombre, dataschema, esquema }: ARegistrar): Promise<number> =>
  almacen.ejecutar(async (tx) => {
    const filas = await esquemasDelTopico(tx, nombre)
    const misma = filas.find((fila) => fila.dataschema === dataschema)
    if (misma) return misma.version
    for (const fila of filas) comprobarCompatible({ topico: nombre, anterior: esquemaDeFila(fila), nuevo: esquema })
    const version = (filas.at(-1)?.version ?? 0) + 1
    const fila = { topico: nombre, version, dataschema, esquema: JSON.stringify(esquema), instante: reloj.ahora() }
    await tx.ejecutar(agregar, fila)
    return version
  })

/** El registro de esquemas de `almacen`, con todo lo ya registrado cargado en memoria. */
export const registroDeEsquemas = async ({ almacen, reloj }: Readonly<{ almacen: Almacen; reloj: Reloj }>): Promise<RegistroEsquemas> => {
  const filas = (await almacen.lector.todas(todos, {})).map(sumaEsquemas.exigir)
  const conocidos = new Map(filas.map((fila) => [fila.dataschema, conocido(fila.topico, esquemaDeFila(fila))]))
  return {
    porDataschema: (dataschema) => conocidos.get(dataschema),
    registrar: async (topico) => {
      const version = await anotar(almacen, reloj, topico)
      if (!conocidos.has(topico.dataschema)) conocidos.set(topico.dataschema, conocido(topico.nombre, topico.esquema))
      return version
    },
  }
}

export const migracionesEsquemas: Migraciones = {
  modulo: 'esquemas',
  lista: [
    {
      nombre: 'esquemas',
      pasos: ({ schema }, { entero }) => [
        schema
          .createTable('esquemas')
          .addColumn('topico', 'text', (c) => c.notNull())
          .addColumn('version', entero, (c) => c.notNull())
          .addColumn('dataschema', 'text', (c) => c.primaryKey())
          .addColumn('esquema', 'text', (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull())
          .addUniqueConstraint('esquemas_por_version', ['topico', 'version']),
      ],
    },
    { nombre: 'suma', pasos: ({ schema }, { entero }) => [schema.alterTable('esquemas').addColumn('suma', entero)] },
  ],
}
