import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import type { Clase } from 'seedwork/dominio/errores.ts'
import { ApiAusente, RespuestaDeError } from '../api.ts'
import { BadRequest, ErrorInfo, RetryInfo, Status } from '../gen/google/rpc/status.ts'

type ClaseDeFalla = Clase | 'demasiado' | 'tarde'

/** La tabla: qué estado de gRPC le toca a cada clase de error. No hay otra. */
const ESTADOS: Readonly<Record<ClaseDeFalla, status>> = {
  regla: status.FAILED_PRECONDITION,
  invalido: status.INVALID_ARGUMENT,
  no_encontrado: status.NOT_FOUND,
  conflicto: status.ABORTED,
  no_disponible: status.UNAVAILABLE,
  no_autenticado: status.UNAUTHENTICATED,
  prohibido: status.PERMISSION_DENIED,
  demasiado: status.RESOURCE_EXHAUSTED,
  tarde: status.DEADLINE_EXCEEDED,
  interno: status.INTERNAL,
}

/** De qué clase es cada respuesta HTTP de la API. Un 400 con el miembro `error` es una regla rota; sin él, un pedido mal formado. */
const CLASES: Readonly<Record<number, ClaseDeFalla>> = {
  400: 'invalido',
  401: 'no_autenticado',
  403: 'prohibido',
  404: 'no_encontrado',
  409: 'conflicto',
  413: 'demasiado',
  422: 'invalido',
  429: 'no_disponible',
  502: 'no_disponible',
  503: 'no_disponible',
  504: 'no_disponible',
}

/** Por qué una llamada no terminó bien, antes de ser un estado. */
type Falla = Readonly<{
  clase: ClaseDeFalla
  codigo: string
  detalle: string
  /** Como la leen los clientes del tutorial. */
  error?: string
  campos?: BadRequest['field_violations']
  /** Segundos. */
  reintentarEn?: number
}>

const DOMINIO = 'aeroalpes'
/** Los detalles viajan en las cabeceras finales, que muchos clientes limitan a 8 KB. */
const DETALLES_MAXIMOS = 3_000
const MENSAJE_MAXIMO = 500

/** El error que lanza el adaptador cuando es él quien no puede. */
export class FallaDeSidecar extends Error {
  readonly falla: Falla
  constructor(falla: Falla) {
    super(falla.detalle)
    this.falla = falla
  }
}

export const tarde = (): FallaDeSidecar =>
  new FallaDeSidecar({ clase: 'tarde', codigo: 'plazo_vencido', detalle: 'La llamada no terminó en su plazo.' })

export const cerrando = (): FallaDeSidecar =>
  new FallaDeSidecar({ clase: 'no_disponible', codigo: 'cerrando', detalle: 'El adaptador se está cerrando.', reintentarEn: 1 })

export const ocupado = (): FallaDeSidecar =>
  new FallaDeSidecar({ clase: 'demasiado', codigo: 'demasiadas_llamadas', detalle: 'Hay demasiadas llamadas en curso.', reintentarEn: 1 })

/** Un dato que ni siquiera se puede decir en el JSON de la API, o un metadato que no se puede reenviar. */
export const invalido = (field: string, description: string): FallaDeSidecar =>
  new FallaDeSidecar({
    clase: 'invalido',
    codigo: 'datos_invalidos',
    detalle: 'El pedido tiene datos inválidos.',
    campos: [{ field, description }],
  })

export const indescifrable = (): FallaDeSidecar =>
  new FallaDeSidecar({ clase: 'invalido', codigo: 'mensaje_indescifrable', detalle: 'El mensaje no es de este contrato.' })

export const muyGrande = (): FallaDeSidecar =>
  new FallaDeSidecar({ clase: 'demasiado', codigo: 'cuerpo_demasiado_grande', detalle: 'El pedido pasa del tamaño que se admite.' })

/** `/itinerarios/0/odos/1` se escribe `itinerarios[0].odos[1]`, como se nombra un campo en protobuf. */
const campoDe = (puntero: string): string =>
  puntero
    .replace(/^\//, '')
    .replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')

const deLaApi = ({ estado, problema, reintentarEn, message }: RespuestaDeError): Falla => {
  const clase = problema.error === undefined ? (CLASES[estado] ?? 'interno') : 'regla'
  const espera = reintentarEn ?? (clase === 'no_disponible' ? 1 : undefined)
  return {
    clase,
    codigo: problema.codigo ?? `http_${estado}`,
    detalle: message,
    ...(problema.error !== undefined && { error: problema.error }),
    ...(problema.errors !== undefined && {
      campos: problema.errors.map(({ pointer, detail }) => ({ field: campoDe(pointer), description: detail })),
    }),
    ...(espera !== undefined && { reintentarEn: espera }),
  }
}

const SIN_API: Falla = {
  clase: 'no_disponible',
  codigo: 'api_no_disponible',
  detalle: 'El servicio de reservas no responde. Se puede repetir la llamada.',
  reintentarEn: 1,
}
const INTERNA: Falla = { clase: 'interno', codigo: 'error_interno', detalle: 'Algo falló de nuestro lado.' }

const fallaDe = (error: unknown): Falla => {
  if (error instanceof FallaDeSidecar) return error.falla
  if (error instanceof RespuestaDeError) return deLaApi(error)
  if (error instanceof ApiAusente) return SIN_API
  return INTERNA
}

/** Los primeros campos que caben. */
const losQueCaben = (campos: BadRequest['field_violations']): BadRequest['field_violations'] => {
  let bytes = 0
  return campos.filter(({ field, description }) => {
    bytes += Buffer.byteLength(field) + Buffer.byteLength(description) + 8
    return bytes <= DETALLES_MAXIMOS
  })
}

const any = (tipo: string, value: Uint8Array) => ({ type_url: `type.googleapis.com/google.rpc.${tipo}`, value: Buffer.from(value) })

const detallesDe = ({ codigo, error, campos = [], reintentarEn }: Falla, correlacion: string) => {
  const metadata = { correlacion, ...(error !== undefined && { error: error.slice(0, MENSAJE_MAXIMO) }) }
  return [
    any('ErrorInfo', ErrorInfo.encode({ reason: codigo, domain: DOMINIO, metadata }).finish()),
    ...(campos.length > 0 ? [any('BadRequest', BadRequest.encode({ field_violations: losQueCaben(campos) }).finish())] : []),
    ...(reintentarEn === undefined
      ? []
      : [any('RetryInfo', RetryInfo.encode({ retry_delay: { seconds: BigInt(Math.ceil(reintentarEn)), nanos: 0 } }).finish())]),
  ]
}

/** Un error como estado de gRPC. De lo desconocido sólo se dice que es interno. */
export type Estado = Pick<StatusObject, 'code' | 'details' | 'metadata'> & Readonly<{ codigo: string; previsto: boolean }>

/** El único lugar en que un error se vuelve estado: su código, su frase y sus detalles (`google.rpc.Status`). */
export const estadoDe = (error: unknown, correlacion: string): Estado => {
  const falla = fallaDe(error)
  const code = ESTADOS[falla.clase]
  // Un sustituto suelto no se puede escribir en una cabecera.
  const details = falla.detalle.slice(0, MENSAJE_MAXIMO).toWellFormed()
  const metadata = new Metadata()
  metadata.set('x-correlation-id', correlacion)
  metadata.set(
    'grpc-status-details-bin',
    Buffer.from(Status.encode({ code, message: details, details: detallesDe(falla, correlacion) }).finish()),
  )
  return { code, details, metadata, codigo: falla.codigo, previsto: falla !== INTERNA }
}
