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

type VariablesConBase = VariablesBroker & Readonly<{ BASE_DATOS: string }>

/** Un Pulsar. */
const brokerPulsar = async (variables: VariablesConBase): Promise<BrokerElegido> => {
  const base = variables.BASE_DATOS
  const [{ abrirBrokerPulsar }, { mudarDelEmbebido }, { migracionesPulsar }] = await Promise.all([
    import('./pulsar/broker.ts'),
    import('./pulsar/mudanza.ts'),
    import('./pulsar/tablas.ts'),
  ])
  return {
    nombre: `pulsar, en ${direccionDe(variables)}`,
    migraciones: base === 'sqlite' ? [migracionesPulsar, migracionesEmbebido] : [migracionesPulsar],
    abrir: async (partes) => {
      const { almacen, entorno } = partes
      if (base !== 'sqlite') await unaBaseUnBroker(almacen, 'pulsar')
      const broker = await abrirBrokerPulsar({ ...partes, servicio: servicioDe(variables) })
      // Con otra base, el log del embebido no estaba en ella, y se atan una a otro.
      return { broker, ...(base === 'sqlite' && { mudados: await mudarDelEmbebido({ almacen, broker, ahora: entorno.reloj.ahora }) }) }
    },
  }
}

/** El de dentro del proceso: en el mismo archivo que el almacén, si el almacén es un archivo. */
export const elegirEmbebido = async (base: string): Promise<BrokerElegido> =>
  base === 'sqlite' ? brokerEmbebido : (await import('./embebido_aparte.ts')).brokerEmbebidoAparte

/** El broker que dicen las variables de un proceso que puede llevarlo dentro. */
export const elegirBroker = async (variables: VariablesConBase): Promise<BrokerElegido> =>
  variables.BROKER === 'embebido' ? elegirEmbebido(variables.BASE_DATOS) : brokerPulsar(variables)
