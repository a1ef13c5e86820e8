import { readFileSync } from 'node:fs'
import type { ServicioDado } from './pulsar/servicio.ts'
import { maquinaDelBroker, type VariablesBroker } from './variables.ts'

/** Dónde está el de fuera y con qué se entra. */
export const servicioDe = (variables: VariablesBroker): ServicioDado => {
  const { PULSAR_PUERTO_HTTP, PULSAR_TENANT, PULSAR_NAMESPACE, PULSAR_TOKEN, PULSAR_TLS, PULSAR_CA } = variables
  return {
    host: maquinaDelBroker(variables),
    puertoHttp: PULSAR_PUERTO_HTTP,
    inquilino: PULSAR_TENANT,
    espacio: PULSAR_NAMESPACE,
    ...(PULSAR_TOKEN !== '' && { token: PULSAR_TOKEN }),
    ...(PULSAR_TLS === '1' && { tls: PULSAR_CA === '' ? true : { ca: readFileSync(PULSAR_CA, 'utf8') } }),
  }
}

/** La dirección de su API de administración, que es también la de sus WebSocket. */
export const direccionDe = (variables: VariablesBroker): string =>
  `${variables.PULSAR_TLS === '1' ? 'https' : 'http'}://${maquinaDelBroker(variables)}:${variables.PULSAR_PUERTO_HTTP}`
