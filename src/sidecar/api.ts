import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'

/** Lo que se le pide a la API. `cuerpo` sale como JSON. */
export type PedidoHttp = Readonly<{
  metodo: 'GET' | 'POST'
  camino: string
  cuerpo?: unknown
  cabeceras: Readonly<Record<string, string>>
  senal: AbortSignal
}>

export type RespuestaHttp = Readonly<{ cuerpo: unknown; cabeceras: IncomingHttpHeaders }>

/** Un problema RFC 9457 como lo escribe la API. */
export type Problema = Readonly<{
  codigo?: string
  title?: string
  detail?: string
  error?: string
  errors?: readonly Readonly<{ pointer: string; detail: string }>[]
}>

/** La API respondió que no. */
export class RespuestaDeError extends Error {
  readonly estado: number
  readonly problema: Problema
  /** Segundos, según `Retry-After`. */
  readonly reintentarEn: number | undefined
  constructor(estado: number, problema: Problema, reintentarEn: number | undefined) {
    super(problema.detail ?? problema.title ?? `HTTP ${estado}`)
    this.estado = estado
    this.problema = problema
    this.reintentarEn = reintentarEn
  }
}

/** La API no respondió: no está, cortó, o dijo algo que no se entiende. */
export class ApiAusente extends Error {}

export type Api = Readonly<{
  /** Rechaza con `RespuestaDeError`, con `ApiAusente` o, si la señal se dispara, con su motivo. */
  pedir: (pedido: PedidoHttp) => Promise<RespuestaHttp>
  cerrar: () => void
}>

type Opciones = Readonly<{ api: string; conexiones: number; respuestaMaxima: number }>

/**
 * La API por conexiones que se mantienen. Si una se corta antes de responder, el pedido se repite una vez, por una conexión nueva, y sólo
 * si repetirlo no puede hacerlo dos veces: un GET, o un POST con `Idempotency-Key`. Lo demás lo repite, si quiere, quien llama.
 */
export const apiPorHttp = ({ api, conexiones, respuestaMaxima }: Opciones): Api => {
  const { hostname, port } = new URL(api)
  const mantenidas = new Agent({ keepAlive: true, maxSockets: conexiones, scheduling: 'lifo' })
  const donde = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port }

  const enviar = ({ metodo, camino, cuerpo, cabeceras, senal }: PedidoHttp, agent: Agent | false): Promise<RespuestaHttp> =>
    new Promise((resolver, rechazar) => {
      const envio = cuerpo === undefined ? undefined : Buffer.from(JSON.stringify(cuerpo))
      const headers = envio === undefined ? cabeceras : { ...cabeceras, ...comoJson(envio) }
      const peticion = request({ ...donde, agent, method: metodo, path: camino, headers })
      const abortar = () => {
        peticion.destroy()
        rechazar(senal.reason)
      }
      senal.addEventListener('abort', abortar, { once: true })
      const terminar = () => senal.removeEventListener('abort', abortar)
      peticion.once('error', (causa) => {
        terminar()
        rechazar(new ApiAusente('La API no responde.', { cause: causa }))
      })
      peticion.once('response', (respuesta) => {
        leer(respuesta, respuestaMaxima).then(interpretar(respuesta)).then(resolver, rechazar).finally(terminar)
      })
      peticion.end(envio)
    })

  return {
    pedir: async (pedido) => {
      pedido.senal.throwIfAborted()
      try {
        return await enviar(pedido, mantenidas)
      } catch (error) {
        if (!seCorto(error) || !esRepetible(pedido) || pedido.senal.aborted) throw error
        return enviar(pedido, false)
      }
    },
    cerrar: () => mantenidas.destroy(),
  }
}

const comoJson = (envio: Buffer) => ({ 'content-type': 'application/json', 'content-length': String(envio.length) })

/** La conexión estaba y se cortó; si nunca la hubo (`ECONNREFUSED`), insistir enseguida no ayuda a nadie. */
const seCorto = (error: unknown): boolean =>
  error instanceof ApiAusente && ['ECONNRESET', 'EPIPE'].includes((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '')

const esRepetible = ({ metodo, cabeceras }: PedidoHttp): boolean => metodo === 'GET' || cabeceras['idempotency-key'] !== undefined

const leer = async (respuesta: IncomingMessage, maximo: number): Promise<Buffer> => {
  const trozos: Buffer[] = []
  let largo = 0
  try {
    for await (const trozo of respuesta as AsyncIterable<Buffer>) {
      largo += trozo.length
      if (largo > maximo) break
      trozos.push(trozo)
    }
  } catch (causa) {
    throw new ApiAusente('La API cortó su respuesta.', { cause: causa })
  }
  if (largo > maximo) throw new ApiAusente('La API respondió demasiado.')
  return Buffer.concat(trozos)
}

const interpretar =
  ({ statusCode: estado = 0, headers: cabeceras }: IncomingMessage) =>
  (bytes: Buffer): RespuestaHttp => {
    const cuerpo = comoObjeto(bytes)
    if (estado >= 200 && estado < 300 && cuerpo !== undefined) return { cuerpo, cabeceras }
    const segundos = Number(cabeceras['retry-after'])
    if (estado >= 400) throw new RespuestaDeError(estado, cuerpo ?? {}, Number.isFinite(segundos) ? segundos : undefined)
    throw new ApiAusente(`La API respondió ${estado}, que no se entiende.`)
  }

const comoObjeto = (bytes: Buffer): object | undefined => {
  try {
    const valor: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof valor === 'object' && valor !== null ? valor : undefined
  } catch {
    return undefined
  }
}
