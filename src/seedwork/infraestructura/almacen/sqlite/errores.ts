import { ErrorDominio } from '../../../dominio/errores.ts'
import { almacenConFallas, almacenOcupado, discoLleno, resultadoDesconocido } from '../errores.ts'

const OCUPADO = new Set([5, 6])
const LLENO = 13

/** El código primario de SQLite (sqlite.org/rescode.html) de un error de `node:sqlite`, o `undefined` si es de otra cosa. */
export const codigoSqlite = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

export const estaOcupado = (error: unknown): boolean => OCUPADO.has(codigoSqlite(error) ?? 0)

/** Lo que se le dice a quien esperaba, cuando el almacén no pudo. Lo que no es del almacén (reglas, defectos) pasa tal cual. */
export const errorDeAlmacen = (error: unknown): unknown => {
  const codigo = codigoSqlite(error)
  if (codigo === undefined || codigo === 1 || codigo === 19 || codigo === 20 || codigo === 21 || codigo === 25) return error
  if (codigo === LLENO) return discoLleno(error)
  if (OCUPADO.has(codigo)) return almacenOcupado(error)
  return almacenConFallas(error)
}

/** La transacción desapareció a mitad del grupo: sea cual sea el error que se vio, para todos fue el almacén. */
export const transaccionPerdida = (error: unknown): ErrorDominio => {
  const respuesta = errorDeAlmacen(error)
  return respuesta instanceof ErrorDominio && respuesta.clase === 'no_disponible' ? respuesta : almacenConFallas(error)
}

/**
 * El COMMIT falló. Con el disco lleno se sabe que no quedó: lo que no cupo es un registro del WAL anterior al que confirma, o ese mismo.
 * Con cualquier otra falla pudo quedar.
 */
export const commitFallido = (causa: unknown): ErrorDominio =>
  codigoSqlite(causa) === LLENO ? discoLleno(causa) : resultadoDesconocido(causa)
