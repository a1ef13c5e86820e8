// El techo del almacén: una conexión que escribe las filas de cada reserva con sentencias preparadas, y nada más.
import { join } from 'node:path'
import type { StatementSync } from 'node:sqlite'
import type { Sistema } from 'aeroalpes-api/sistema.ts'
import type { Valor } from 'seedwork/infraestructura/almacen/consultas.ts'
import { ARCHIVO } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirEscritora, type Conexion } from 'seedwork/infraestructura/almacen/sqlite/conexion.ts'
import { almacenNulo } from './almacen_nulo.ts'
import { abrirAlmacen, componerSinConsumidores } from './composicion.ts'
import { escriturasDeUnaReserva } from './escrituras.ts'
import { ahoraMs, atender } from './hijo.ts'

type Preparada = Readonly<{ sentencia: StatementSync; valores: readonly Valor[] }>

/** Reservas que se preparan de una vez, fuera del reloj. */
const LOTE = 1_024

const preparadas = new Map<string, StatementSync>()
let conexion: Conexion
let sistema: Sistema

const preparar = (sql: string): StatementSync => {
  const sentencia = preparadas.get(sql) ?? conexion.db.prepare(sql)
  preparadas.set(sql, sentencia)
  return sentencia
}

const prepararLote = async (): Promise<Preparada[][]> => {
  const lote: Preparada[][] = []
  for (let i = 0; i < LOTE; i++) {
    const escrituras = await escriturasDeUnaReserva(sistema, i)
    lote.push(escrituras.map(({ sql, valores }) => ({ sentencia: preparar(sql), valores })))
  }
  return lote
}

const escribirLote = (lote: readonly Preparada[][], porGrupo: number): void => {
  for (let desde = 0; desde < lote.length; desde += porGrupo) {
    conexion.orden('BEGIN IMMEDIATE')
    for (const reserva of lote.slice(desde, desde + porGrupo)) for (const { sentencia, valores } of reserva) sentencia.run(...valores)
    conexion.orden('COMMIT')
  }
}

const ordenes = {
  abrir: async ({ carpeta }: { carpeta: string }): Promise<void> => {
    await (await abrirAlmacen(carpeta)).cerrar()
    conexion = abrirEscritora(join(carpeta, ARCHIVO))
    sistema = await componerSinConsumidores(almacenNulo())
  },
  /** Reservas por segundo, confirmadas de a `porGrupo`. */
  escribir: async ({ porGrupo, ms }: { porGrupo: number; ms: number }): Promise<number> => {
    let gastado = 0
    let escritas = 0
    while (gastado < ms) {
      const lote = await prepararLote()
      const inicio = ahoraMs()
      escribirLote(lote, porGrupo)
      gastado += ahoraMs() - inicio
      escritas += lote.length
    }
    return (escritas * 1_000) / gastado
  },
}
export type OrdenesDelTecho = typeof ordenes

atender(ordenes)
