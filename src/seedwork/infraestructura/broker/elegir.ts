import type { BrokerElegido, Servir } from './elegido.ts'
import { abrirBrokerEmbebido } from './embebido/broker.ts'
import { migracionesEmbebido } from './embebido/tablas.ts'
import { migracionesWs } from './embebido/ws/tablas.ts'
import { direccionDe, servicioDe } from './servicio.ts'
import { unaBaseUnBroker } from './una_base.ts'
import type { VariablesBroker } from './variables.ts'

/** El de dentro del proceso, en su mismo almacén. */
export const brokerEmbebido: BrokerElegido = {
  nombre: 'embebido, en este proceso',
  migraciones: [migracionesEmbebido, migracionesWs],
  abrir: async ({ almacen, entorno, conservarMs = Number.POSITIVE_INFINITY, alFallar }) => {
    const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs, alFallar })
    const servir: Servir = async (partes) => {
      const { crearServidorWs } = await import('./embebido/ws/servidor.ts')
      return crearServidorWs({ broker, almacen, entorno, alFallar, ...partes })
    }
    return { broker, servir }
  },
}

/** Un Pulsar. */
const brokerPulsar = async (variables: VariablesBroker): Promise<BrokerElegido> => {
  const [{ abrirBrokerPulsar }, { migracionesPulsar }] = await Promise.all([import('./pulsar/broker.ts'), import('./pulsar/tablas.ts')])
  return {
    nombre: `pulsar, en ${direccionDe(variables)}`,
    migraciones: [migracionesPulsar],
    abrir: async (partes) => {
      if (partes.almacen.dialecto === 'postgres') await unaBaseUnBroker(partes.almacen, 'pulsar')
      return { broker: await abrirBrokerPulsar({ ...partes, servicio: servicioDe(variables) }) }
    },
  }
}

/** El de dentro del proceso: en el mismo archivo que el almacén, si el almacén es un archivo. */
export const elegirEmbebido = async (base: string): Promise<BrokerElegido> =>
  base === 'sqlite' ? brokerEmbebido : (await import('./embebido_aparte.ts')).brokerEmbebidoAparte

/** El broker que dicen las variables de un proceso que puede llevarlo dentro. */
export const elegirBroker = async (variables: VariablesBroker & Readonly<{ BASE_DATOS: string }>): Promise<BrokerElegido> =>
  variables.BROKER === 'embebido' ? elegirEmbebido(variables.BASE_DATOS) : brokerPulsar(variables)
