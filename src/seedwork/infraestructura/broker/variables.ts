import { puerto, type Regla, texto, unoDe, type ValoresDe, type Variable } from '../variables.ts'

const maquina = (defecto: string): Variable<string> => ({
  defecto,
  debeSer: 'un nombre de máquina, sin puerto',
  leer: (valor) => (/^[A-Za-z0-9._-]*$/.test(valor) ? valor : undefined),
})

/** Cómo encuentra su broker un proceso. */
export const variablesBroker = {
  BROKER: unoDe('embebido', 'pulsar'),
  BROKER_HOST: maquina('localhost'),
  PULSAR_ADDRESS: maquina(''),
  PULSAR_PUERTO_HTTP: puerto(8080),
  PULSAR_TENANT: texto('public'),
  PULSAR_NAMESPACE: texto('default'),
  PULSAR_TOKEN: { ...texto(''), secreta: true },
  PULSAR_TLS: unoDe('0', '1'),
  PULSAR_CA: texto(''),
} as const

export type VariablesBroker = ValoresDe<typeof variablesBroker>

/** `BROKER_HOST` y `PULSAR_ADDRESS` son dos nombres de lo mismo: vale cualquiera, y con dos valores distintos no se arranca (B47). */
export const unSoloBroker: Regla = ({ BROKER_HOST, PULSAR_ADDRESS }) =>
  BROKER_HOST && PULSAR_ADDRESS && BROKER_HOST !== PULSAR_ADDRESS
    ? `BROKER_HOST=${BROKER_HOST} y PULSAR_ADDRESS=${PULSAR_ADDRESS}: son lo mismo, deben ser iguales.`
    : undefined

/** La máquina del broker, la digan con el nombre que la digan. */
export const maquinaDelBroker = ({ BROKER_HOST, PULSAR_ADDRESS }: Pick<VariablesBroker, 'BROKER_HOST' | 'PULSAR_ADDRESS'>): string =>
  PULSAR_ADDRESS || BROKER_HOST
