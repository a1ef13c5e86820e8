import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { abrirAlmacenSqlite } from '../almacen/sqlite/almacen.ts'
import { migracionesEsquemas, registroDeEsquemas } from '../mensajes/esquemas.ts'
import type { BrokerElegido } from './elegido.ts'
import { abrirBrokerEmbebido } from './embebido/broker.ts'
import { migracionesEmbebido } from './embebido/tablas.ts'
import { crearServidorWs } from './embebido/ws/servidor.ts'
import { migracionesWs } from './embebido/ws/tablas.ts'
import { abrirBrokerPulsar } from './pulsar/broker.ts'
import { migracionesPulsar } from './pulsar/tablas.ts'
import { unaBaseUnBroker } from './una_base.ts'

/** El relevo es siempre de este proceso: lo que un dueño muerto dejó se toma enseguida. */
const SIN_RIVALES_MS = 500

/** Dónde guarda su log, dentro de la carpeta de datos. */
export const carpetaDelLog = (carpeta: string): string => join(carpeta, 'broker')

/**
 * El embebido cuando el almacén es de otro servidor: guarda su log en la carpeta de datos, y este mismo proceso lo usa como si fuera un
 * Pulsar, por su WebSocket en esta máquina. Así lo publicado sale, con la transacción, por el único relevo que hay.
 */
export const brokerEmbebidoAparte: BrokerElegido = {
  nombre: 'embebido, en este proceso, con su log en la carpeta de datos',
  migraciones: [migracionesPulsar],
  abrir: async (partes) => {
    const { entorno, alFallar, conservarMs = Number.POSITIVE_INFINITY } = partes
    const carpeta = carpetaDelLog(partes.carpeta)
    const log = await abrirAlmacenSqlite({
      carpeta,
      entorno,
      alFallar,
      migraciones: [migracionesEmbebido, migracionesWs, migracionesEsquemas],
    })
    const embebido = await abrirBrokerEmbebido({ almacen: log, entorno, conservarMs, alFallar })
    const esquemas = await registroDeEsquemas({ almacen: log, reloj: entorno.reloj })
    const del = { broker: embebido, almacen: log, entorno, alFallar, esquemas }
    const token = randomBytes(32).toString('base64url')
    const servidor = crearServidorWs({ ...del, token })
    const cerrarLog = async (): Promise<void> => {
      await servidor.detener()
      await embebido.cerrar()
      await log.cerrar()
    }
    try {
      await unaBaseUnBroker(partes.almacen, `embebido ${log.epoca}`)
      const { hostname: host, port } = new URL(await servidor.escuchar({ host: '127.0.0.1', puerto: 0 }))
      const broker = await abrirBrokerPulsar({ ...partes, arriendoMs: SIN_RIVALES_MS, servicio: { host, puertoHttp: Number(port), token } })
      return {
        broker: { ...broker, cerrar: () => broker.cerrar().then(cerrarLog) },
        servir: async ({ token: exigido }) => crearServidorWs({ ...del, ...(exigido !== undefined && { token: exigido }) }),
      }
    } catch (error) {
      await cerrarLog()
      throw error
    }
  },
}
