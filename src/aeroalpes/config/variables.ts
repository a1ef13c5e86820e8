import { baseDeDatos } from 'seedwork/infraestructura/almacen/elegir.ts'
import { variablesBroker } from 'seedwork/infraestructura/broker/variables.ts'
import { variablesProceso } from 'seedwork/infraestructura/proceso/variables.ts'
import { puerto, segundos, texto, unoDe } from 'seedwork/infraestructura/variables.ts'

/** Lo que la API lee de su entorno, y nada más. */
export const variablesApi = {
  ...variablesProceso,
  AEROALPES_HOST: texto('127.0.0.1'),
  AEROALPES_PUERTO: puerto(5000),
  BASE_DATOS: baseDeDatos,
  ...variablesBroker,
  EMBEBIDO_WS: unoDe('0', '1'),
  EMBEBIDO_WS_HOST: texto('127.0.0.1'),
  AEROALPES_ESPERA_DEL_BROKER: segundos(3600),
  AEROALPES_LISTA_ABIERTA: unoDe('0', '1'),
  AEROALPES_AEROLINEA: unoDe('simulada', 'acepta', 'rechaza'),
} as const
