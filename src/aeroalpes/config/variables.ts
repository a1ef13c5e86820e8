import { puerto, texto, unoDe, type Variable } from 'seedwork/infraestructura/variables.ts'

const soloSqlite: Variable<'sqlite'> = unoDe('sqlite')
const soloEmbebido: Variable<'embebido'> = unoDe('embebido')

/** Lo que la API lee de su entorno, y nada más. */
export const variablesApi = {
  AEROALPES_HOST: texto('127.0.0.1'),
  AEROALPES_PUERTO: puerto(5000),
  AEROALPES_DATOS: texto('./datos'),
  BASE_DATOS: soloSqlite,
  BROKER: soloEmbebido,
  AEROALPES_LISTA_ABIERTA: unoDe('0', '1'),
  AEROALPES_AEROLINEA: unoDe('simulada', 'acepta', 'rechaza'),
  AEROALPES_BITACORA: unoDe('info', 'debug', 'warn', 'silent'),
}
