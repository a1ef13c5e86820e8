import { ErrorDominio, noDisponible } from '../../dominio/errores.ts'

/** El almacén falló por algo que puede pasarse, y nada quedó escrito. */
export const almacenConFallas = (causa: unknown, reintentarEn = 5): ErrorDominio =>
  noDisponible(
    'almacen_con_fallas',
    {
      es: 'El almacén falló y no se escribió nada. Repite en un momento.',
      en: 'The store failed and nothing was written. Try again in a moment.',
    },
    { reintentarEn, causa },
  )

export const discoLleno = (causa: unknown): ErrorDominio =>
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

/** Pudo quedar escrito o no. Repetir con la misma llave es seguro. */
export const resultadoDesconocido = (causa: unknown): ErrorDominio =>
  noDisponible(
    'resultado_desconocido',
    {
      es: 'No se sabe si quedó escrito. Repite con la misma Idempotency-Key, o consulta antes de repetir.',
      en: 'It is unknown whether this was written. Repeat with the same Idempotency-Key, or look before repeating.',
    },
    { reintentarEn: 2, causa },
  )

/** Lo guardado no es lo que se escribió: el disco lo cambió. No se lee, y no se repara solo. */
export const filaDanada = (tabla: string): ErrorDominio =>
  noDisponible(
    'fila_danada',
    {
      es: `Una fila de «${tabla}» no es la que se escribió: el disco la cambió. Hay que restaurar los datos.`,
      en: `A row of "${tabla}" is not the one that was written: the disk changed it. The data must be restored.`,
    },
    { reintentarEn: 60 },
  )

const defecto = (codigo: string, es: string, en: string): ErrorDominio => new ErrorDominio({ codigo, clase: 'interno', texto: { es, en } })

export const esperaAjena = (): ErrorDominio =>
  defecto('espera_ajena', 'Una unidad de trabajo esperó por algo que no es su tx.', 'A unit of work awaited something other than its tx.')

export const txTerminada = (): ErrorDominio =>
  defecto('tx_terminada', 'Se usó una tx después de terminada su unidad de trabajo.', 'A tx was used after its unit of work had ended.')

export const txOcupada = (): ErrorDominio =>
  defecto('tx_ocupada', 'Se usó una tx mientras un savepoint suyo estaba abierto.', 'A tx was used while one of its savepoints was open.')
