/** Una frase en cada idioma en que habla el sistema. El tipo obliga a traducir: no hay frase sin su par. */
export type Texto = Readonly<{ es: string; en: string }>

/** Qué clase de error es. Un solo lugar (presentacion/problema.ts) traduce la clase a HTTP; otro, a gRPC. */
export type Clase =
  | 'regla'
  | 'invalido'
  | 'no_encontrado'
  | 'conflicto'
  | 'demasiado'
  | 'no_disponible'
  | 'no_autenticado'
  | 'prohibido'
  | 'interno'

/** Un dato inválido: dónde está (puntero JSON, RFC 6901) y qué tiene de malo. */
export type DatoInvalido = Readonly<{ puntero: string; texto: Texto }>

export type DatosDelError = Readonly<{
  codigo: string
  clase: Clase
  texto: Texto
  /** Sólo en la clase `invalido`: cada dato con su frase. */
  errores?: readonly DatoInvalido[]
  /** Sólo en `no_disponible`, `conflicto` y `demasiado`: segundos tras los que vale la pena repetir. */
  reintentarEn?: number
  causa?: unknown
}>

/**
 * El único error que el sistema lanza a propósito: lleva un código estable, su clase y la frase en ambos idiomas.
 * `message` es la frase en español, la lengua del dominio.
 */
export class ErrorDominio extends Error {
  readonly codigo: string
  readonly clase: Clase
  readonly texto: Texto
  readonly errores: readonly DatoInvalido[]
  readonly reintentarEn: number | undefined

  constructor(datos: DatosDelError) {
    super(datos.texto.es, datos.causa === undefined ? undefined : { cause: datos.causa })
    this.name = 'ErrorDominio'
    this.codigo = datos.codigo
    this.clase = datos.clase
    this.texto = datos.texto
    this.errores = datos.errores ?? []
    this.reintentarEn = datos.reintentarEn
  }
}

/** No existe, o no es de quien pregunta: para él es lo mismo. */
export const noEncontrado = (codigo: string, texto: Texto): ErrorDominio => new ErrorDominio({ codigo, clase: 'no_encontrado', texto })

/** Choca con algo que otro hizo antes o está haciendo. */
export const conflicto = (codigo: string, texto: Texto, reintentarEn?: number): ErrorDominio =>
  new ErrorDominio({ codigo, clase: 'conflicto', texto, ...(reintentarEn !== undefined && { reintentarEn }) })

/** Nada se escribió, o no se sabe: el mismo pedido, con la misma llave, puede repetirse. */
export const noDisponible = (
  codigo: string,
  texto: Texto,
  { reintentarEn = 1, causa }: { reintentarEn?: number; causa?: unknown } = {},
): ErrorDominio => new ErrorDominio({ codigo, clase: 'no_disponible', texto, reintentarEn, causa })
