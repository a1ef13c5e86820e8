import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as otraVuelta } from 'node:timers/promises'
import { buscarHistorial } from 'aeroalpes-api/modulos/cliente/index.ts'
import { buscarReserva, buscarReservas, contactos } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { unaVezPorLlave } from 'seedwork/infraestructura/idempotencia.ts'
import { esquemasDelTopico, registroDeEsquemas } from 'seedwork/infraestructura/mensajes/esquemas.ts'
import { obtenerOperacion } from 'seedwork/infraestructura/operaciones.ts'
import { abrirAlmacen } from '../../../bench/composicion.ts'

type Llave = Readonly<{ actor: string; llave: string; huella: string }>

/** Por lo que se puede preguntar a un almacén. */
export type Preguntas = Readonly<{
  reservas: readonly string[]
  clientes: readonly string[]
  operaciones: readonly string[]
  llaves: readonly Llave[]
  topicos: readonly string[]
}>

/** Todo lo que se le puede preguntar al almacén de la carpeta, mirado con SQL. */
export const preguntasDe = (carpeta: string): Preguntas => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO), { readOnly: true, timeout: 5_000 })
  const columna = (sql: string): string[] => (db.prepare(sql).all() as { v: string }[]).map(({ v }) => v)
  try {
    return {
      reservas: columna('SELECT id AS v FROM reservas'),
      clientes: columna('SELECT DISTINCT id_cliente AS v FROM historial_cliente'),
      operaciones: columna('SELECT id AS v FROM operaciones'),
      llaves: db.prepare('SELECT actor, llave, huella FROM idempotencia').all() as unknown as Llave[],
      topicos: columna('SELECT DISTINCT topico AS v FROM outbox'),
    }
  } finally {
    db.close()
  }
}

/**
 * Todo lo que el producto contesta a esas preguntas, resumido, con los mismos lectores con que sirve. Lo que no encuentra es una
 * respuesta; lo que lanza por otra cosa, no: se lanza.
 */
export const leerServido = async (carpeta: string, preguntas: Preguntas): Promise<string> => {
  const almacen = await abrirAlmacen(carpeta)
  const broker = await abrirBrokerEmbebido({ almacen, entorno: entornoReal, conservarMs: Number.POSITIVE_INFINITY, alFallar: () => {} })
  try {
    const suma = createHash('sha256')
    for await (const respuesta of respuestas(almacen, broker, preguntas)) suma.update(JSON.stringify(respuesta) ?? 'nada')
    return suma.digest('hex')
  } finally {
    await broker.cerrar()
    await almacen.cerrar()
  }
}

async function* respuestas(almacen: Almacen, broker: Broker, { reservas, clientes, operaciones, llaves, topicos }: Preguntas) {
  const { lector } = almacen
  for (const id of reservas) yield [await buscarReserva(lector, id), await contactos.obtener(lector, id)]
  yield buscarReservas(lector, {
    alcance: { clientes: 'todos' },
    seleccion: { filtro: 'todas' },
    tamano: reservas.length,
    despues_de: null,
  })
  for (const id_cliente of clientes) yield buscarHistorial(lector, { id_cliente, tamano: reservas.length, despues_de: null })
  for (const id of operaciones) yield obtenerOperacion(lector, id).catch(siNoEsta)
  yield* await Promise.all(llaves.map((llave) => recordado(almacen, llave)))
  await registroDeEsquemas({ almacen, reloj: entornoReal.reloj })
  for (const topico of topicos) yield [await esquemasDelTopico(lector, topico), await leerTopico(broker, topico)]
}

const siNoEsta = (error: unknown): string => {
  if (error instanceof ErrorDominio && error.clase === 'no_encontrado') return error.codigo
  throw error
}

/** Lo que se contesta a quien repite con su llave. Si se le olvidó, lo haría otra vez. */
const recordado = async (almacen: Almacen, llave: Llave): Promise<unknown> => {
  const ahora = entornoReal.reloj.ahora()
  const olvidada = new Error('olvidada')
  try {
    return await unaVezPorLlave(almacen, { ...llave, ahora }, () => Promise.reject(olvidada))
  } catch (error) {
    if (error === olvidada) return 'olvidada'
    if (error instanceof ErrorDominio && error.clase !== 'no_disponible') return error.codigo
    throw error
  }
}

/** Lo que hay ahora en un tópico: el lector esperaría lo siguiente. */
const leerTopico = async (broker: Broker, topico: string): Promise<readonly unknown[]> => {
  const [fin, leidos] = [new AbortController(), [] as unknown[]]
  const lectura = (async () => {
    for await (const { posicion: _, ...mensaje } of broker.leer({ topico, desde: 'primero', senal: fin.signal })) leidos.push(mensaje)
  })()
  lectura.catch(() => {})
  for (let antes = -1; leidos.length > antes; await otraVuelta()) antes = leidos.length
  fin.abort()
  await lectura
  return leidos
}
