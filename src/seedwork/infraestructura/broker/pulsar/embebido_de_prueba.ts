import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import { entornoReal } from '../../entorno_real.ts'
import { migracionesEsquemas, registroDeEsquemas } from '../../mensajes/esquemas.ts'
import { abrirBrokerEmbebido } from '../embebido/broker.ts'
import { borrarVencidos } from '../embebido/retencion.ts'
import { migracionesEmbebido } from '../embebido/tablas.ts'
import { crearServidorWs } from '../embebido/ws/servidor.ts'
import { migracionesWs } from '../embebido/ws/tablas.ts'
import type { Lugar } from './banco_de_prueba.ts'

/** El broker embebido, servido por su API de WebSocket: para el adaptador es un Pulsar, y no hace falta ninguno. */
export const enEmbebido = async (): Promise<Lugar> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'broker-ws-'))
  const entorno = entornoReal
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesEmbebido, migracionesWs, migracionesEsquemas] })
  const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs: Number.POSITIVE_INFINITY, alFallar: console.error })
  const esquemas = await registroDeEsquemas({ almacen, reloj: entorno.reloj })
  const servidor = crearServidorWs({ broker, almacen, esquemas, entorno, alFallar: () => {} })
  const { hostname, port } = new URL(await servidor.escuchar({ host: '127.0.0.1', puerto: 0 }))
  return {
    host: hostname,
    puertoHttp: Number(port),
    espacio: 'default',
    conservaElUltimo: true,
    vencer: async () => void (await borrarVencidos(almacen, Number.POSITIVE_INFINITY)),
    borrar: async () => {
      await servidor.detener()
      await broker.cerrar()
      await almacen.cerrar()
      rmSync(carpeta, { recursive: true })
    },
  }
}
