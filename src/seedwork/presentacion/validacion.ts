import type { FastifySchemaValidationError } from 'fastify'
import { type DatoInvalido, type ErrorDominio, noEncontrado, type Texto } from '../dominio/errores.ts'
import { CATALOGO, errorDeOrilla } from './catalogo.ts'
import { punteroAcotado, punteroDe } from './puntero.ts'

const VALORES_MAXIMOS = 20
/** De lo que ajv encuentra se mira sólo el principio: agrupar las uniones es cuadrático. */
const MIRADOS_MAXIMOS = 400

type ErrorDeAjv = FastifySchemaValidationError
type Parametros = Readonly<Record<string, unknown>>
export type TextosDeFormato = Readonly<Record<string, Texto>>

const texto = (es: string, en: string): Texto => ({ es, en })

const TIPOS: Readonly<Record<string, Texto>> = {
  string: texto('un texto', 'a text'),
  number: texto('un número', 'a number'),
  integer: texto('un número entero', 'an integer'),
  boolean: texto('verdadero o falso', 'true or false'),
  object: texto('un objeto', 'an object'),
  array: texto('una lista', 'a list'),
  null: texto('nulo', 'null'),
}

const FORMATOS: TextosDeFormato = {
  'date-time': texto(
    'debe ser un instante RFC 3339, como 2022-11-22T13:10:00Z',
    'must be an RFC 3339 instant, such as 2022-11-22T13:10:00Z',
  ),
  date: texto('debe ser una fecha, como 2022-11-22', 'must be a date, such as 2022-11-22'),
  email: texto('debe ser un correo electrónico', 'must be an e-mail address'),
  uuid: texto('debe ser un UUID', 'must be a UUID'),
  uri: texto('debe ser una dirección URI', 'must be a URI'),
}

const deTipo = (tipo: unknown): Texto => {
  const tipos = (Array.isArray(tipo) ? tipo : String(tipo).split(',')).map(
    (nombre) => TIPOS[String(nombre)] ?? texto('otra cosa', 'something else'),
  )
  return texto(`debe ser ${tipos.map(({ es }) => es).join(' o ')}`, `must be ${tipos.map(({ en }) => en).join(' or ')}`)
}

const deValores = (valores: readonly unknown[]): Texto => {
  const lista = valores.slice(0, VALORES_MAXIMOS).map(String).join(', ') + (valores.length > VALORES_MAXIMOS ? '…' : '')
  return valores.length === 1
    ? texto(`debe ser ${lista}`, `must be ${lista}`)
    : texto(`debe ser uno de: ${lista}`, `must be one of: ${lista}`)
}

const cuantos = (limite: unknown, singular: Texto, plural: Texto): Texto => {
  const cosa = limite === 1 ? singular : plural
  return texto(`${limite} ${cosa.es}`, `${limite} ${cosa.en}`)
}
const caracteres = ({ limit }: Parametros): Texto => cuantos(limit, texto('carácter', 'character'), texto('caracteres', 'characters'))
const elementos = ({ limit }: Parametros): Texto => cuantos(limit, texto('elemento', 'item'), texto('elementos', 'items'))
const propiedades = ({ limit }: Parametros): Texto => cuantos(limit, texto('propiedad', 'property'), texto('propiedades', 'properties'))
const alMenos = ({ es, en }: Texto): Texto => texto(`debe tener al menos ${es}`, `must have at least ${en}`)
const comoMucho = ({ es, en }: Texto): Texto => texto(`debe tener como mucho ${es}`, `must have at most ${en}`)

/** Las frases por palabra clave de JSON Schema. Hablan del esquema, nunca del valor recibido. */
const FRASES: Readonly<Record<string, (parametros: Parametros) => Texto>> = {
  required: () => texto('es obligatorio', 'is required'),
  additionalProperties: () => texto('no se admite', 'is not accepted'),
  type: ({ type }) => deTipo(type),
  enum: ({ allowedValues }) => deValores(Array.isArray(allowedValues) ? allowedValues : []),
  const: ({ allowedValue }) => deValores([allowedValue]),
  pattern: () => texto('no tiene la forma esperada', 'does not have the expected form'),
  minLength: (p) => alMenos(caracteres(p)),
  maxLength: (p) => comoMucho(caracteres(p)),
  minItems: (p) => alMenos(elementos(p)),
  maxItems: (p) => comoMucho(elementos(p)),
  minProperties: (p) => alMenos(propiedades(p)),
  maxProperties: (p) => comoMucho(propiedades(p)),
  uniqueItems: () => texto('tiene elementos repetidos', 'has repeated items'),
  minimum: ({ limit }) => texto(`debe ser ${limit} o más`, `must be ${limit} or more`),
  maximum: ({ limit }) => texto(`debe ser ${limit} o menos`, `must be ${limit} or less`),
  exclusiveMinimum: ({ limit }) => texto(`debe ser mayor que ${limit}`, `must be greater than ${limit}`),
  exclusiveMaximum: ({ limit }) => texto(`debe ser menor que ${limit}`, `must be less than ${limit}`),
  multipleOf: ({ multipleOf }) => texto(`debe ser múltiplo de ${multipleOf}`, `must be a multiple of ${multipleOf}`),
  anyOf: () => texto('no tiene ninguna de las formas admitidas', 'has none of the accepted forms'),
  oneOf: () => texto('debe tener una sola de las formas admitidas', 'must have exactly one of the accepted forms'),
}

const deFormato = (formato: string, propios: TextosDeFormato): Texto =>
  propios[formato] ?? FORMATOS[formato] ?? texto(`no tiene el formato ${formato}`, `does not have the format ${formato}`)

const fraseDe = ({ keyword, params }: ErrorDeAjv, formatos: TextosDeFormato): Texto => {
  if (keyword === 'format') return deFormato(String(params.format), formatos)
  return FRASES[keyword]?.(params) ?? texto('no es válido', 'is not valid')
}

/** Lo que falta o sobra tiene su propio puntero; lo demás, el del valor. */
const punteroDelError = ({ instancePath, keyword, params }: ErrorDeAjv): string => {
  if (keyword === 'required') return punteroDe(instancePath, String(params.missingProperty))
  if (keyword === 'additionalProperties') return punteroDe(instancePath, String(params.additionalProperty))
  return punteroAcotado(instancePath)
}

const esUnion = ({ keyword }: ErrorDeAjv): boolean => keyword === 'anyOf' || keyword === 'oneOf'

const datoDe = (error: ErrorDeAjv, ramas: readonly ErrorDeAjv[], formatos: TextosDeFormato): DatoInvalido => {
  const soloValores = esUnion(error) && ramas.length > 0 && ramas.every(({ keyword }) => keyword === 'const')
  const frase = soloValores ? deValores(ramas.map(({ params }) => params.allowedValue)) : fraseDe(error, formatos)
  return { puntero: punteroDelError(error), texto: frase }
}

/** Una unión que falla se cuenta una vez, no una por rama. */
const resumir = (todos: readonly ErrorDeAjv[], formatos: TextosDeFormato): DatoInvalido[] => {
  const errores = todos.slice(0, MIRADOS_MAXIMOS)
  const uniones = errores.filter(esUnion)
  const ramaDe = (error: ErrorDeAjv, union: ErrorDeAjv): boolean =>
    error !== union && error.schemaPath.startsWith(`${union.schemaPath}/`) && error.instancePath.startsWith(union.instancePath)
  return errores
    .filter((error) => !uniones.some((union) => ramaDe(error, union)))
    .map((error) => datoDe(error, esUnion(error) ? errores.filter((otro) => ramaDe(otro, error)) : [], formatos))
}

/**
 * Lo que ajv encontró, como un solo `ErrorDominio` con el puntero y la frase de cada dato.
 * Un parámetro de ruta mal formado no nombra nada: es `no_encontrado`, igual que uno que no existe.
 */
export const errorDeValidacion = (errores: readonly ErrorDeAjv[], donde: string, formatos: TextosDeFormato = {}): ErrorDominio => {
  if (donde === 'params') return noEncontrado('no_encontrado', CATALOGO.no_encontrado.detalle)
  return errorDeOrilla(donde === 'body' ? 'datos_invalidos' : 'parametros_invalidos', resumir(errores, formatos))
}
