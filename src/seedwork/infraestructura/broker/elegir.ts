import type { Registry } from 'prom-client'
import type { Migraciones } from '../almacen/migraciones.ts'
import type { Almacen } from '../almacen/puerto.ts'
import type { EsquemaRecord } from '../mensajes/esquema_avro.ts'
import type { RegistroEsquemas } from '../mensajes/esquemas.ts'
import type { Entorno } from '../puertos.ts'
import { abrirBrokerEmbebido } from './embebido/broker.ts'
import { migracionesEmbebido } from './embebido/tablas.ts'
import type { ServidorWs } from './embebido/ws/servidor.ts'
import { migracionesWs } from './embebido/ws/tablas.ts'
import type { Broker } from './puerto.ts'
import { direccionDe, servicioDe } from './servicio.ts'
import { unaBaseUnBroker } from './una_base.ts'
import type { VariablesBroker } from './variables.ts'

export type PartesDeBroker = Readonly<{
  almacen: Almacen
  /** La de datos: donde el embebido guarda su log si el almacén no es un archivo. */
  carpeta: string
  entorno: Entorno
  /** Los tópicos que este proceso escribe. */
  esquemas?: readonly Readonly<{ nombre: string; dataschema: string; esquema: EsquemaRecord }>[]
  /** Cuánto se conserva un mensaje que ya nadie espera. */
  conservarMs?: number
  registro?: Registry
  alFallar: (error: unknown) => void
}>

/** Sirve el broker de este proceso a otros por WebSocket. Construir y escuchar son pasos distintos. */
export type Servir = (partes: Readonly<{ esquemas: RegistroEsquemas; token?: string }>) => Promise<ServidorWs>

export type BrokerElegido = Readonly<{
  /** Cómo se le dice a quien arranca el proceso. */
  nombre: string
  /** Lo que guarda en el almacén. */
  migraciones: readonly Migraciones[]
  /** `servir` falta en el que ya es de otro proceso. */
  abrir: (partes: PartesDeBroker) => Promise<Readonly<{ broker: Broker; servir?: Servir }>>
}>

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
