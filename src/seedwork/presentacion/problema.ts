import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Clase, type DatoInvalido, ErrorDominio, type Texto } from '../dominio/errores.ts'
import { CATALOGO, type CodigoDeOrilla, entradaDe } from './catalogo.ts'
import { type Idioma, idiomaDe } from './idioma.ts'

/** Cuántos datos inválidos se cuentan como mucho: más no ayudan a nadie y harían de la respuesta un amplificador. */
const ERRORES_MAXIMOS = 50

/** Un error tal como se responde, aún sin idioma. */
export type Problema = Readonly<{
  estado: number
  codigo: string
  titulo: Texto
  detalle?: Texto
  errores?: readonly DatoInvalido[]
  /** Sólo en reglas rotas: lo que leen los clientes del tutorial, siempre en español. */
  error?: string
  cabeceras?: Readonly<Record<string, string>>
}>

/** La tabla: qué estado y qué título le tocan a cada clase. No hay otra. */
const CLASES: Readonly<Record<Clase, Readonly<{ estado: number; titulo: Texto }>>> = {
  regla: { estado: 400, titulo: { es: 'Una regla de negocio no se cumple', en: 'A business rule is broken' } },
  invalido: { estado: 422, titulo: CATALOGO.datos_invalidos.titulo },
  no_encontrado: { estado: 404, titulo: CATALOGO.no_encontrado.titulo },
  conflicto: { estado: 409, titulo: { es: 'Choca con otro pedido', en: 'It conflicts with another request' } },
  demasiado: { estado: 429, titulo: { es: 'Demasiados intentos', en: 'Too many attempts' } },
  no_disponible: { estado: 503, titulo: CATALOGO.cerrando.titulo },
  no_autenticado: { estado: 401, titulo: { es: 'No se reconoce a quien pide', en: 'The caller is not recognised' } },
  prohibido: { estado: 403, titulo: { es: 'No está permitido', en: 'It is not allowed' } },
  interno: { estado: 500, titulo: CATALOGO.error_interno.titulo },
}

/** Lo que Fastify lanza por su cuenta, con nuestro código. Lo que no está aquí se decide por su estado. */
const DE_FASTIFY: Readonly<Record<string, CodigoDeOrilla>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'cuerpo_demasiado_grande',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'tipo_no_admitido',
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: 'tipo_no_admitido',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'peticion_mal_formada',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'cuerpo_vacio',
  FST_ERR_CTP_INVALID_JSON_BODY: 'json_mal_formado',
  FST_ERR_BAD_URL: 'url_mal_formada',
  FST_ERR_INVALID_URL: 'url_mal_formada',
  FST_ERR_MAX_PARAM_LENGTH: 'no_encontrado',
  FST_ERR_NOT_FOUND: 'ruta_desconocida',
  FST_ERR_HANDLER_TIMEOUT: 'tiempo_agotado',
}

const POR_ESTADO: Readonly<Record<number, CodigoDeOrilla>> = {
  404: 'no_encontrado',
  405: 'metodo_no_permitido',
  408: 'espera_agotada',
  413: 'cuerpo_demasiado_grande',
  415: 'tipo_no_admitido',
  431: 'cabeceras_demasiado_grandes',
}

/** El problema de un código del catálogo de la orilla. */
export const problemaDeOrilla = (codigo: CodigoDeOrilla, cabeceras: Readonly<Record<string, string>> = {}): Problema => {
  const { estado, titulo, detalle } = CATALOGO[codigo]
  return { estado, codigo, titulo, detalle, cabeceras: estado === 503 ? { 'retry-after': '1', ...cabeceras } : cabeceras }
}

const cabecerasDe = ({ clase, reintentarEn }: ErrorDominio): Record<string, string> => {
  if (clase === 'no_autenticado') return { 'www-authenticate': 'X-Actor' }
  const segundos = reintentarEn ?? (clase === 'no_disponible' ? 1 : undefined)
  return segundos === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(segundos))) }
}

const deDominio = (error: ErrorDominio): Problema => {
  const { estado, titulo } = entradaDe(error.codigo) ?? CLASES[error.clase]
  return {
    estado,
    codigo: error.codigo,
    titulo,
    cabeceras: cabecerasDe(error),
    ...(error.clase !== 'interno' && { detalle: error.texto }),
    ...(error.clase === 'regla' && { error: `${error.codigo} - ${error.texto.es}` }),
    ...(error.errores.length > 0 && { errores: error.errores.slice(0, ERRORES_MAXIMOS) }),
  }
}

const codigoAjeno = (error: object): CodigoDeOrilla => {
  const { code, statusCode } = error as Readonly<{ code?: unknown; statusCode?: unknown }>
  if (typeof code === 'string' && Object.hasOwn(DE_FASTIFY, code)) return DE_FASTIFY[code] ?? 'error_interno'
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return 'error_interno'
  return POR_ESTADO[statusCode] ?? 'peticion_mal_formada'
}

/** El único lugar en que un error se vuelve respuesta. De lo desconocido sólo se dice que es interno. */
export const problemaDe = (error: unknown): Problema => {
  if (error instanceof ErrorDominio) return deDominio(error)
  if (typeof error === 'object' && error !== null) return problemaDeOrilla(codigoAjeno(error))
  return problemaDeOrilla('error_interno')
}

/** El cuerpo RFC 9457 de un problema. `instance` es la correlación: lo que se cita para que alguien lo busque. */
export const cuerpoDe = (problema: Problema, idioma: Idioma, correlacion: string): string =>
  JSON.stringify({
    type: `/problemas/${encodeURIComponent(problema.codigo)}`,
    title: problema.titulo[idioma],
    status: problema.estado,
    detail: problema.detalle?.[idioma],
    codigo: problema.codigo,
    instance: correlacion,
    error: problema.error,
    errors: problema.errores?.map(({ puntero, texto }) => ({ pointer: puntero, detail: texto[idioma] })),
  })

/** Responde `problema` en el idioma que el cliente prefiere. */
export const enviarProblema = (peticion: FastifyRequest, respuesta: FastifyReply, problema: Problema): void => {
  const idioma = idiomaDe(peticion.headers['accept-language'])
  peticion.codigo = problema.codigo
  respuesta
    .code(problema.estado)
    .headers({ ...problema.cabeceras, 'content-language': idioma, vary: 'Accept-Language' })
    .type('application/problem+json; charset=utf-8')
    .send(cuerpoDe(problema, idioma, peticion.id))
}
