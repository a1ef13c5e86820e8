import { ErrorDominio, noDisponible } from '../../../dominio/errores.ts'

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

const almacenConFallas = (causa: unknown): ErrorDominio =>
  noDisponible(
    'almacen_con_fallas',
    {
      es: 'El almacén falló y no se escribió nada. Repite en un momento.',
      en: 'The store failed and nothing was written. Try again in a moment.',
    },
    { reintentarEn: 5, causa },
  )

const discoLleno = (causa: unknown): ErrorDominio =>
  noDisponible(
    'disco_lleno',
    {
      es: 'No queda espacio en disco; no se escribió nada. Repite más tarde.',
      en: 'The disk is full; nothing was written. Try again later.',
    },
    { reintentarEn: 30, causa },
  )

export const almacenOcupado = (causa: unknown): ErrorDominio =>
  noDisponible(
    'almacen_ocupado',
    {
      es: 'Otro proceso ocupa el almacén; no se escribió nada. Repite en un momento.',
      en: 'Another process holds the store; nothing was written. Try again in a moment.',
    },
    { reintentarEn: 1, causa },
  )

export const almacenSaturado = (): ErrorDominio =>
  noDisponible('almacen_saturado', {
    es: 'Hay demasiado trabajo en espera; no se escribió nada. Repite en un momento.',
    en: 'Too much work is waiting; nothing was written. Try again in a moment.',
  })

export const almacenCerrado = (): ErrorDominio =>
  noDisponible('almacen_cerrado', {
    es: 'El servicio se está deteniendo; no se escribió nada.',
    en: 'The service is stopping; nothing was written.',
  })

/**
 * El COMMIT falló. Con el disco lleno se sabe que no quedó: lo que no cupo es un registro del WAL anterior al que confirma, o ese mismo.
 * Con cualquier otra falla pudo quedar.
 */
export const commitFallido = (causa: unknown): ErrorDominio =>
  codigoSqlite(causa) === LLENO ? discoLleno(causa) : resultadoDesconocido(causa)

/** Pudo quedar escrito o no. Repetir con la misma llave es seguro. */
const resultadoDesconocido = (causa: unknown): ErrorDominio =>
  noDisponible(
    'resultado_desconocido',
    {
      es: 'No se sabe si quedó escrito. Repite con la misma Idempotency-Key, o consulta antes de repetir.',
      en: 'It is unknown whether this was written. Repeat with the same Idempotency-Key, or look before repeating.',
    },
    { reintentarEn: 2, causa },
  )

const defecto = (codigo: string, es: string, en: string): ErrorDominio => new ErrorDominio({ codigo, clase: 'interno', texto: { es, en } })

export const esperaAjena = (): ErrorDominio =>
  defecto('espera_ajena', 'Una unidad de trabajo esperó por algo que no es su tx.', 'A unit of work awaited something other than its tx.')

export const txTerminada = (): ErrorDominio =>
  defecto('tx_terminada', 'Se usó una tx después de terminada su unidad de trabajo.', 'A tx was used after its unit of work had ended.')

export const txOcupada = (): ErrorDominio =>
  defecto('tx_ocupada', 'Se usó una tx mientras un savepoint suyo estaba abierto.', 'A tx was used while one of its savepoints was open.')
