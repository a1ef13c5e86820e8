import type { Registry } from 'prom-client'
import type { Migraciones } from '../almacen/migraciones.ts'
import type { Almacen } from '../almacen/puerto.ts'
import type { EsquemaRecord } from '../mensajes/esquema_avro.ts'
import type { RegistroEsquemas } from '../mensajes/esquemas.ts'
import type { Entorno } from '../puertos.ts'
import type { ServidorWs } from './embebido/ws/servidor.ts'
import type { Broker } from './puerto.ts'
import type { Mudados } from './pulsar/mudanza.ts'

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
  /** `servir` falta en el que ya es de otro proceso. `mudados`, lo que estaba sin entregar en otro broker de este almacén. */
  abrir: (partes: PartesDeBroker) => Promise<Readonly<{ broker: Broker; servir?: Servir; mudados?: Mudados }>>
}>
