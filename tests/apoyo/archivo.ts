import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { carpetaDelLog } from 'seedwork/infraestructura/broker/embebido_aparte.ts'
import { conCliente } from 'seedwork/pruebas/postgres.ts'
import type { Api } from './lugar.ts'

type Guardado = Pick<Api, 'carpeta' | 'base'>
type Fila = Readonly<Record<string, unknown>>
type Leer = (sql: string) => Promise<readonly Fila[]>

/** Lee por fuera, en una conexión suya, lo confirmado: las tablas del almacén y las del log del broker, que pueden ser el mismo archivo. */
const leyendo = async <T>({ carpeta, base }: Guardado, leer: (almacen: Leer, log: Leer) => Promise<T>): Promise<T> => {
  const enPostgres = base !== 'sqlite'
  const archivo = join(enPostgres ? carpetaDelLog(carpeta) : carpeta, ARCHIVO)
  // Hacia un Pulsar no hay log que leer aquí.
  const db = existsSync(archivo) ? new DatabaseSync(archivo, { readOnly: true }) : undefined
  const log: Leer = async (sql) => db?.prepare(sql).all() ?? []
  try {
    if (!enPostgres) return await leer(log, log)
    return await conCliente(base, (cliente) => leer(async (sql) => (await cliente.query<Fila>(sql)).rows, log))
  } finally {
    db?.close()
  }
}

const TABLAS_SQLITE = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
const TABLAS_POSTGRES = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY name"

/** Lo que un pedido puede haber escrito. */
const DEL_PEDIDO = ['reservas', 'resumen_reservas', 'historial_cliente', 'operaciones', 'idempotencia'] as const

type Cuentas = Readonly<Record<(typeof DEL_PEDIDO)[number] | 'outbox', number>>

/** Cuántas filas confirmadas hay de todo lo que un pedido escribe: dos lecturas iguales son un pedido que no dejó nada. */
export const filas = (api: Guardado): Promise<Cuentas> =>
  leyendo(api, async (almacen, log) => {
    const cuentas: [string, number][] = []
    for (const tabla of DEL_PEDIDO) cuentas.push([tabla, Number((await almacen(`SELECT count(*) AS n FROM ${tabla}`))[0]?.n)])
    return Object.fromEntries([...cuentas, ['outbox', await cuantosPublicados(api, almacen, log)]]) as Cuentas
  })

/** Lo que va hacia un Pulsar se va de su tabla cuando sale: cuenta lo que se publicó. */
const cuantosPublicados = async (api: Guardado, almacen: Leer, log: Leer): Promise<number> => {
  const enPostgres = api.base !== 'sqlite'
  const tablas = enPostgres ? await log(TABLAS_SQLITE) : await almacen(TABLAS_SQLITE)
  const haciaPulsar = enPostgres ? tablas.length === 0 : tablas.some(({ name }) => name === 'pulsar_topicos')
  if (!haciaPulsar) return (await mensajes(api, almacen, log)).length
  const sinNumero = enPostgres ? '(SELECT count(*) FROM pulsar_por_numerar)' : '0'
  return Number((await almacen(`SELECT coalesce(sum(ultima), 0) + ${sinNumero} AS n FROM pulsar_topicos`))[0]?.n)
}

/** Los mensajes publicados, por orden: los del log y los que van hacia él. Primero éstos: uno que llegue entre medio se vería dos veces, y no ninguna. */
const mensajes = async ({ base }: Guardado, almacen: Leer, log: Leer): Promise<readonly Fila[]> => {
  const porSalir = base === 'sqlite' ? [] : await almacen(POR_SALIR)
  const enElLog = await log('SELECT id, topico, llave, propiedades FROM outbox ORDER BY posicion')
  const vistos = new Set(enElLog.map(({ id }) => id))
  return [...enElLog, ...porSalir.filter(({ id }) => !vistos.has(id))]
}

const VAN_AL_LOG = ['pulsar_por_numerar', 'pulsar_salida']
const POR_SALIR = `
  SELECT id, topico, llave, propiedades FROM (
    SELECT 1 AS paso, secuencia AS lugar, id, topico, llave, propiedades FROM pulsar_salida
    UNION ALL SELECT 2, orden, id, topico, llave, propiedades FROM pulsar_por_numerar
  ) AS todas ORDER BY paso, lugar`

/** Los mensajes confirmados de un tópico que hablan de una reserva: sus tipos, en orden. */
export const publicadosEn = (api: Guardado, topico: string, llave: string): Promise<readonly string[]> =>
  leyendo(api, async (almacen, log) =>
    (await mensajes(api, almacen, log))
      .filter((mensaje) => mensaje.topico === topico && mensaje.llave === llave)
      .map(({ propiedades }) => String((JSON.parse(String(propiedades)) as { type: string }).type)),
  )

/** Las tablas en que aparece `aguja`, en cualquier columna y también dentro de los bytes de los mensajes. */
export const tablasCon = (api: Guardado, aguja: string): Promise<readonly string[]> =>
  leyendo(api, async (almacen, log) => {
    const enPostgres = api.base !== 'sqlite'
    const propias = await conAguja(almacen, enPostgres ? TABLAS_POSTGRES : TABLAS_SQLITE, aguja)
    if (!enPostgres) return propias
    // Lo que va hacia el log es, para quien mira, lo mismo que lo que ya llegó.
    const todas = [...propias, ...(await conAguja(log, TABLAS_SQLITE, aguja))]
    return [...new Set(todas.map((tabla) => (VAN_AL_LOG.includes(tabla) ? 'outbox' : tabla)))].sort()
  })

const conAguja = async (leer: Leer, tablas: string, aguja: string): Promise<string[]> => {
  const con: string[] = []
  for (const { name } of await leer(tablas)) {
    const suyas = await leer(`SELECT * FROM ${name}`)
    if (suyas.some((fila) => Object.values(fila).some((valor) => comoTexto(valor).includes(aguja)))) con.push(String(name))
  }
  return con
}

const comoTexto = (valor: unknown): string => (valor instanceof Uint8Array ? Buffer.from(valor).toString('latin1') : String(valor))

/** Cuántas operaciones aceptadas no han terminado. */
export const enCurso = (api: Guardado): Promise<number> =>
  leyendo(api, async (almacen) =>
    Number((await almacen("SELECT count(*) AS n FROM operaciones WHERE estado IN ('aceptada', 'en_proceso')"))[0]?.n),
  )

/** Otra conexión que no deja escribir, como otro proceso, hasta que suelta. */
export const ocuparAlmacen = async ({ carpeta, base }: Guardado): Promise<Readonly<{ soltar: () => void }>> => {
  if (base !== 'sqlite') return ocuparPostgres(base)
  const otra = new DatabaseSync(join(carpeta, ARCHIVO), { timeout: 5_000 })
  otra.exec('BEGIN IMMEDIATE')
  return { soltar: () => otra.close() }
}

const ocuparPostgres = async (base: string): Promise<Readonly<{ soltar: () => void }>> => {
  const cliente = new pg.Client({ connectionString: base })
  await cliente.connect()
  await cliente.query('BEGIN; LOCK TABLE idempotencia, operaciones, reservas')
  return { soltar: () => void cliente.end() }
}
