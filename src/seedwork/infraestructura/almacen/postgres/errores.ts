import { ErrorDominio } from '../../../dominio/errores.ts'
import { almacenConFallas, almacenOcupado, discoLleno } from '../errores.ts'

/** Los segundos tras los que vale la pena repetir: en cuanto el servidor vuelve, la siguiente petición abre otra conexión. */
const REINTENTAR_S = 1

/** De qué clase es lo que el servidor, o la red, dijo (postgresql.org/docs/current/errcodes-appendix.html). */
type Clase = 'perdida' | 'choque' | 'ocupado' | 'lleno' | 'fallas' | 'ajeno'

const DE_RED = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
])
/** Lo que `pg` dice sin código cuando la conexión se fue. */
const SIN_CODIGO =
  /^(Connection terminated|Client (has encountered a connection error|was closed)|Query read timeout|Cannot use a pool after|timeout expired)/
/** Pasó `query_timeout`, o lo que se espera a que abra una conexión, sin una respuesta, ni siquiera que no. */
const CALLO = /^(Query read timeout|timeout expired|Connection terminated due to connection timeout)/
const SIN_TURNO = /^timeout exceeded when trying to connect/

const porCodigo = (codigo: string): Clase => {
  if (/^(08|57P0[1235])|^25P03|^57P04/.test(codigo) || DE_RED.has(codigo)) return 'perdida'
  if (codigo === '40001' || codigo === '40P01' || codigo === '23505') return 'choque'
  if (/^(57014|55P03|53300|53400)$/.test(codigo)) return 'ocupado'
  if (codigo === '53100') return 'lleno'
  return /^(53|58|25006|XX|28|40)/.test(codigo) ? 'fallas' : 'ajeno'
}

const claseDe = (error: unknown): Clase => {
  if (error instanceof ErrorDominio || !(error instanceof Error)) return 'ajeno'
  if ('code' in error && typeof error.code === 'string') return porCodigo(error.code)
  if (SIN_TURNO.test(error.message)) return 'ocupado'
  return SIN_CODIGO.test(error.message) ? 'perdida' : 'ajeno'
}

/** La conexión ya no sirve: lo que estaba sin confirmar en ella no quedó. */
export const esConexionPerdida = (error: unknown): boolean => claseDe(error) === 'perdida'

/** Se perdió antes de que el COMMIT saliera, o el servidor ya la había cortado por callada: seguro que no quedó. */
export const noSePidio = (error: unknown): boolean =>
  error instanceof Error && (/^Client (has encountered|was closed)/.test(error.message) || ('code' in error && error.code === '25P03'))

/**
 * La unidad chocó con otra que iba a la vez (serialización, abrazo mortal, la misma llave única): deshecha entera, repetirla decide sobre
 * lo que la otra dejó.
 */
const esChoque = (error: unknown): boolean => claseDe(error) === 'choque'

/** El servidor no contestó en su plazo, ni siquiera que no. */
export const callo = (error: unknown): boolean => error instanceof Error && CALLO.test(error.message)

/**
 * Lo que chocó o perdió su conexión puede salir bien otra vez. A un servidor que calla ya se le esperó todo lo que se espera: repetir sería
 * esperar lo mismo por cada conexión abierta, y quien pidió merece su respuesta.
 */
export const seRepite = (error: unknown): boolean => esChoque(error) || (esConexionPerdida(error) && !callo(error))

/** Una llave única ya tomada: si repetida choca otra vez, no fue una carrera, y el error es de quien la escribió. */
export const esLlaveTomada = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '23505'

/** Lo que se le dice a quien esperaba, cuando el almacén no pudo. Lo que no es del almacén (reglas, defectos) pasa tal cual. */
export const errorDeAlmacen = (error: unknown): unknown => {
  switch (claseDe(error)) {
    case 'perdida':
    case 'fallas':
      return almacenConFallas(error, REINTENTAR_S)
    case 'choque':
      return esLlaveTomada(error) ? error : almacenOcupado(error)
    case 'ocupado':
      return almacenOcupado(error)
    case 'lleno':
      return discoLleno(error)
    default:
      return error
  }
}
