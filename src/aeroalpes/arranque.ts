import { elegirBroker } from 'seedwork/infraestructura/broker/elegir.ts'
import type { Linea } from 'seedwork/infraestructura/proceso/caja.ts'
import { escucharDonde } from 'seedwork/infraestructura/proceso/escuchar.ts'
import type { ValoresDe } from 'seedwork/infraestructura/variables.ts'
import { type ClaveActor, firmarActor } from 'seedwork/presentacion/actor.ts'
import type { variablesApi } from './config/variables.ts'
import { crearProceso, type Opciones, type Proceso } from './proceso.ts'

const CREDENCIAL_MS = 7 * 24 * 60 * 60_000

type VariablesApi = ValoresDe<typeof variablesApi>

export type ApiAbierta = Readonly<{
  proceso: Proceso
  api: string
  /** Dónde lo usan los demás procesos, si se sirve. */
  broker: string | undefined
  /** Lo que se dice de ella al arrancar. */
  lineas: readonly Linea[]
  avisos: readonly string[]
  credencial: string
}>

/** Abre la API como dicen sus variables y la deja escuchando. Quien la abre ya tiene la carpeta. */
export const abrirApi = async (
  variables: VariablesApi,
  partes: Pick<Opciones, 'carpeta' | 'entorno' | 'bitacora' | 'clave'>,
): Promise<ApiAbierta> => {
  const elegido = await elegirBroker(variables)
  const listaAbierta = variables.AEROALPES_LISTA_ABIERTA === '1'
  const { PULSAR_TOKEN: token } = variables
  const proceso = await crearProceso({
    ...partes,
    listaAbierta,
    base: variables.BASE_DATOS,
    aerolinea: variables.AEROALPES_AEROLINEA,
    esperaDelBrokerMs: variables.AEROALPES_ESPERA_DEL_BROKER * 1_000,
    broker: elegido,
    ...(variables.EMBEBIDO_WS === '1' && { servirBroker: token === '' ? {} : { token } }),
  })
  const { escuchar, escucharBroker } = proceso
  const donde = { host: variables.EMBEBIDO_WS_HOST, puerto: variables.PULSAR_PUERTO_HTTP, variable: 'PULSAR_PUERTO_HTTP' }
  const broker = escucharBroker && (await escucharDonde(escucharBroker, donde))
  const { AEROALPES_HOST: host, AEROALPES_PUERTO: puerto } = variables
  const api = await escucharDonde(escuchar, { host, puerto, variable: 'AEROALPES_PUERTO' })
  return {
    ...{ proceso, api, broker },
    lineas: [
      ['API', api],
      ['Documentación', `${api}/docs`],
      ['Broker', broker === undefined ? elegido.nombre : `${elegido.nombre}; para los demás, en ${broker}`],
    ],
    avisos: [
      ...(listaAbierta ? ['AEROALPES_LISTA_ABIERTA=1: cualquiera ve las reservas de todos.'] : []),
      ...(broker !== undefined && token === '' && !esLocal(variables.EMBEBIDO_WS_HOST)
        ? ['EMBEBIDO_WS_HOST sin PULSAR_TOKEN: cualquiera en esa red usa el broker.']
        : []),
    ],
    credencial: credencialDeOperador(partes.clave),
  }
}

const esLocal = (host: string): boolean => ['localhost', '::1'].includes(host) || host.startsWith('127.')

/** Con la que quien arranca el proceso puede operarlo una semana. */
const credencialDeOperador = (clave: ClaveActor): string =>
  `Credencial de operador (vence en 7 días):\nX-Actor: ${firmarActor(clave, { id: 'local', rol: 'operador' }, Date.now() + CREDENCIAL_MS)}`
