import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import avro from 'avsc'
import { juzgar } from '../../../pruebas/comprobador/comprobador.ts'
import { type Fila, type Mensaje, type Restos, restosDe } from '../../../pruebas/comprobador/historia.ts'
import type { Diario } from './carga.ts'

export type { Restos } from '../../../pruebas/comprobador/historia.ts'

/**
 * Lo que quedó en el almacén después de haber matado y vuelto a arrancar el proceso, leído con SQL, con avsc y con los esquemas que el
 * propio archivo guarda, sin usar nada del producto; y qué leyes no se cumplen, según el comprobador.
 */

const ARCHIVO = 'aeroalpes.db'
/** Un mensaje publicado, sin leer todavía. `propiedades` es su JSON. */
export type FilaDeLog = Readonly<{ topico: string; id: string; llave: string | null; propiedades: string; datos: Uint8Array }>

/** Lo publicado está en el archivo, si no se dice que `log` lo guarda otro. */
export const leerRestos = (carpeta: string, log?: readonly FilaDeLog[]): Restos =>
  leyendo(carpeta, (filas) => ({
    log: leerLog(carpeta, log),
    ...tablasDe(todasDe(filas, TABLAS)),
    integridad: String(Object.values(filas('PRAGMA integrity_check')[0] ?? {})[0]),
  }))

/** Los mensajes del log, que si no se dice otra cosa es el de la carpeta, con los esquemas que su archivo guarda. */
export const leerLog = (carpeta: string, log?: readonly FilaDeLog[]): readonly Mensaje[] =>
  leyendo(carpeta, (filas) => {
    const esquemas = new Map(filas('SELECT dataschema, esquema FROM esquemas').map((f) => [f.dataschema, tipoDe(String(f.esquema))]))
    return (log ?? (filas('SELECT * FROM outbox ORDER BY posicion') as unknown as FilaDeLog[])).map(leerMensaje(esquemas))
  })

/** Lo que se mira de cada tabla. */
export const TABLAS = {
  reservas: 'SELECT id, version, estado, id_cliente, pasajeros, itinerarios, venta FROM reservas',
  resumen: 'SELECT id, id_cliente, estado FROM resumen_reservas',
  historial: 'SELECT id_cliente, id_reserva, estado, version FROM historial_cliente',
  operaciones: 'SELECT id, comando, sujeto, estado, eventos FROM operaciones',
  inbox: 'SELECT consumidor, id_mensaje FROM inbox',
  asientos: 'SELECT vendidos FROM asientos',
} as const

const todasDe = <T extends string>(filas: (sql: string) => Fila[], tablas: Readonly<Record<T, string>>) =>
  Object.fromEntries(Object.entries<string>(tablas).map(([tabla, sql]) => [tabla, filas(sql)])) as Record<T, Fila[]>

/** Las filas que el archivo de la carpeta tiene de cada una, por su nombre. */
export const leerFilas = <T extends string>(carpeta: string, tablas: Readonly<Record<T, string>>): Record<T, Fila[]> =>
  leyendo(carpeta, (filas) => todasDe(filas, tablas))

type FilasDe = Partial<Readonly<Record<keyof typeof TABLAS, readonly Fila[]>>>

export const tablasDe = (filas: FilasDe): Omit<Restos, 'log' | 'integridad'> =>
  restosDe((tabla) => filas[tabla as keyof typeof TABLAS] ?? [])

const leyendo = <T>(carpeta: string, leer: (filas: (sql: string) => Fila[]) => T): T => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO), { readOnly: true, timeout: 5_000 })
  try {
    return leer((sql) => db.prepare(sql).all() as Fila[])
  } finally {
    db.close()
  }
}

const tipos = new Map<string, avro.Type>()

const tipoDe = (esquema: string): avro.Type => {
  const tipo = tipos.get(esquema) ?? avro.Type.forSchema(JSON.parse(esquema), { wrapUnions: 'never' })
  tipos.set(esquema, tipo)
  return tipo
}

const leerMensaje =
  (esquemas: ReadonlyMap<unknown, avro.Type>) =>
  (fila: FilaDeLog): Mensaje => {
    const p = JSON.parse(fila.propiedades)
    const leido = esquemas.get(p.dataschema)?.fromBuffer(Buffer.from(fila.datos)) as { data: Mensaje['data'] } | undefined
    return {
      topico: fila.topico,
      id: fila.id,
      llave: String(fila.llave),
      tipo: String(p.type),
      correlacion: String(p.correlationid),
      causa: String(p.causationid),
      data: { ...leido?.data },
    }
  }

/** Las leyes rotas, una frase por cada caso. Ninguna si después de todo lo ocurrido el archivo cuenta una sola historia coherente. */
export const faltas = (restos: Restos, diario: Diario): readonly string[] =>
  juzgar({ ...restos, diario }).map(({ ley, que }) => `${ley}: ${que}`)
