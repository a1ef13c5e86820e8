import { texto, unoDe, type Variable } from '../variables.ts'
import { claveActor } from './clave.ts'

const PUERTO_DE_API = 5000

/** `host` o `host:puerto`; se lee como la dirección HTTP de la API. */
const direccionDeApi: Variable<string> = {
  defecto: 'localhost',
  debeSer: 'host o host:puerto',
  leer: (valor) => {
    const url = URL.parse(`http://${valor}`)
    if (url === null || url.host === '' || `${url.pathname}${url.search}${url.hash}` !== '/' || url.username !== '') return undefined
    return `http://${url.hostname}:${url.port || (valor.endsWith(':80') ? 80 : PUERTO_DE_API)}`
  },
}

/** Lo que todo proceso lee. */
export const variablesProceso = {
  AEROALPES_DATOS: texto('./datos'),
  AEROALPES_CLAVE_ACTOR: claveActor,
  AEROALPES_BITACORA: unoDe('info', 'debug', 'warn', 'silent'),
} as const

/** Dónde está la API, para los que la llaman desde otro proceso. */
export const variablesDeApi = { AEROALPES_ADDRESS: direccionDeApi } as const
