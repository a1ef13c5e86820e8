import { texto, unoDe, type Variable } from '../variables.ts'
import { claveActor } from './clave.ts'

const PUERTO_DE_LA_API = 5000

/** `maquina` o `maquina:puerto`; se lee como `http://maquina:puerto`. */
const direccionDeApi: Variable<string> = {
  defecto: 'localhost',
  debeSer: 'un nombre de máquina, o nombre:puerto',
  leer: (valor) => {
    if (!/^[A-Za-z0-9._-]+(?::\d{1,5})?$/.test(valor)) return undefined
    return `http://${valor.includes(':') ? valor : `${valor}:${PUERTO_DE_LA_API}`}`
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
