import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Almacen } from '../almacen/puerto.ts'
import type { EsquemasConocidos } from '../mensajes/lectura.ts'
import type { Entorno } from '../puertos.ts'
import { conEsquemas } from './esquemas_de_fuera.ts'
import { medirAtrasos } from './medir_atrasos.ts'
import type { Broker } from './puerto.ts'
import { abrirBrokerPulsar } from './pulsar/broker.ts'
import { esquemasDePulsar } from './pulsar/esquemas.ts'
import { direccionDe, servicioDe } from './servicio.ts'
import type { VariablesBroker } from './variables.ts'
import { conVigia } from './vigia.ts'

type Partes = Readonly<{
  /** Donde guarda lo suyo. Sin él sólo se puede leer. */
  almacen?: Almacen
  entorno: Entorno
  bitacora: Logger
  /** Los tópicos que se leen y que escriben otros. */
  lee: readonly string[]
  /** Donde se publican sus medidas. */
  registro: Registry
}>

export type BrokerDeFuera = Readonly<{
  broker: Broker
  esquemas: EsquemasConocidos
  donde: string
  /** Cómo se le dice a quien arranca el proceso. */
  nombre: string
  /** Si ya respondió. Lanza si lo que pasa no se arregla esperando. */
  preparado: () => Promise<boolean>
}>

/**
 * El broker de un proceso que no lleva ninguno dentro: un Pulsar, o el embebido de la API servido con `EMBEBIDO_WS=1`, que para quien se
 * conecta es lo mismo. Abre aunque no responda: se conectará cuando pueda.
 */
export const abrirBrokerDeFuera = async (
  variables: VariablesBroker,
  { almacen, entorno, bitacora, lee, registro }: Partes,
): Promise<BrokerDeFuera> => {
  const servicio = servicioDe(variables)
  const donde = direccionDe(variables)
  const pulsar = await abrirBrokerPulsar({
    ...(almacen !== undefined && { almacen }),
    entorno,
    servicio,
    registro,
    alFallar: (error) => bitacora.warn({ err: error }, 'fallo del broker'),
  })
  if (almacen !== undefined) medirAtrasos(registro, pulsar)
  let respondio = false
  pulsar.preparado.then(
    () => {
      respondio = true
    },
    () => {},
  )
  const { planificador } = entorno
  const { leer, cerrar } = conVigia(pulsar.leer, { host: servicio.host, puerto: servicio.puertoHttp, planificador })
  const vigilado: Broker = {
    ...pulsar,
    leer,
    cerrar: async () => {
      cerrar()
      await pulsar.cerrar()
    },
  }
  const { broker, esquemas } = conEsquemas(vigilado, { cargar: () => esquemasDePulsar({ servicio, topicos: lee }), reloj: entorno.reloj })
  return {
    ...{ broker, esquemas },
    donde,
    nombre: `${variables.BROKER === 'embebido' ? 'el embebido de la API' : 'pulsar'}, en ${donde}`,
    preparado: async () => {
      await Promise.race([pulsar.preparado, Promise.resolve()])
      return respondio
    },
  }
}
