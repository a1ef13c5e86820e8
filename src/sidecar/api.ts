import type { IncomingHttpHeaders } from 'node:http'
import { Client, type Dispatcher, Pool } from 'undici'

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

/** El plazo es el de quien llama, y llega por la señal: aquí no hay otro. */
const SIN_PLAZO = { headersTimeout: 0, bodyTimeout: 0 }

/** Por cada conexión piden muchos: que la API no la haga esperar entera por uno. */
const VIA = { via: '2.0 sidecar' }

/**
 * La API por conexiones que se mantienen. Si una se corta antes de responder, el pedido se repite una vez, por una conexión nueva, y sólo
 * si repetirlo no puede hacerlo dos veces: un GET, o un POST con `Idempotency-Key`. Lo demás lo repite, si quiere, quien llama.
 */
export const apiPorHttp = ({ api, conexiones, respuestaMaxima }: Opciones): Api => {
  const mantenidas = new Pool(api, { connections: conexiones, pipelining: 1, ...SIN_PLAZO })

  const porOtra = async (pedido: PedidoHttp): Promise<RespuestaHttp> => {
    const nueva = new Client(api, SIN_PLAZO)
    try {
      return await enviar(nueva, pedido, respuestaMaxima)
    } finally {
      void nueva.destroy()
    }
  }

  return {
    pedir: async (pedido) => {
      pedido.senal.throwIfAborted()
      try {
        return await enviar(mantenidas, pedido, respuestaMaxima)
      } catch (error) {
        if (!seCorto(error) || !esRepetible(pedido) || pedido.senal.aborted) throw error
        return porOtra(pedido)
      }
    },
    cerrar: () => void mantenidas.destroy(),
  }
}

const enviar = (por: Dispatcher, { metodo, camino, cuerpo, cabeceras, senal }: PedidoHttp, maximo: number): Promise<RespuestaHttp> =>
  new Promise((resolver, rechazar) => {
    const body = cuerpo === undefined ? null : JSON.stringify(cuerpo)
    const headers = { ...cabeceras, ...VIA, ...(body !== null && { 'content-type': 'application/json' }) }
    const trozos: Buffer[] = []
    let [estado, largo] = [0, 0]
    let recibidas: IncomingHttpHeaders = {}
    let envio: Dispatcher.DispatchController | undefined
    const abortar = () => {
      envio?.abort(senal.reason)
      rechazar(senal.reason)
    }
    senal.addEventListener('abort', abortar, { once: true })
    const terminar = () => senal.removeEventListener('abort', abortar)
    por.dispatch(
      { method: metodo, path: camino, headers, body },
      {
        onRequestStart: (control) => {
          envio = control
          if (senal.aborted) control.abort(senal.reason)
        },
        onResponseStart: (_, codigo, deLaApi) => {
          estado = codigo
          recibidas = deLaApi
        },
        onResponseData: (control, trozo) => {
          largo += trozo.length
          if (largo > maximo) control.abort(new Error(`más de ${maximo} bytes`))
          else trozos.push(trozo)
        },
        onResponseEnd: () => {
          terminar()
          try {
            resolver(interpretar(estado, recibidas, Buffer.concat(trozos)))
          } catch (error) {
            rechazar(error)
          }
        },
        onResponseError: (_, causa) => {
          terminar()
          rechazar(new ApiAusente(estado === 0 ? 'La API no responde.' : 'La API cortó su respuesta.', { cause: causa }))
        },
      },
    )
  })

/** La conexión estaba y se cortó; si nunca la hubo (`ECONNREFUSED`), insistir enseguida no ayuda a nadie. */
const seCorto = (error: unknown): boolean =>
  error instanceof ApiAusente &&
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '')

const esRepetible = ({ metodo, cabeceras }: PedidoHttp): boolean => metodo === 'GET' || cabeceras['idempotency-key'] !== undefined

const interpretar = (estado: number, cabeceras: IncomingHttpHeaders, bytes: Buffer): RespuestaHttp => {
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
