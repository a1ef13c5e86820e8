import { once } from 'node:events'
import { type handleServerStreamingCall, type handleUnaryCall, Metadata, type ServerWritableStream, status } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import type { Entorno, Planificador } from 'seedwork/infraestructura/puertos.ts'
import { correlacionDe, traceparentDe } from 'seedwork/presentacion/correlacion.ts'
import { exigirLegible } from './definiciones.ts'
import { cerrando, estadoDe, invalido, tarde } from './estados.ts'

/** Lo que un método recibe además de su mensaje. */
export type Llamada = Readonly<{
  /** Las que van a la API con todo lo que se le pida por esta llamada. */
  cabeceras: Readonly<Record<string, string>>
  /** La llave de lo que esta llamada haga: la de quien llama o, si no trae una, el identificador de la llamada. */
  llave: string
  /** Se dispara si quien llama se va, si vence el plazo o si el adaptador se cierra. */
  senal: AbortSignal
}>

export type Partes = Readonly<{
  bitacora: Logger
  entorno: Entorno
  /** Se dispara al detenerse: los flujos terminan; lo demás puede terminar lo suyo. */
  cierre: AbortSignal
  /** El plazo de quien no pide uno (ms). */
  plazos: Readonly<{ unaria: number; flujo: number }>
}>

type Llamante = Readonly<{ metadata: Metadata; getDeadline: () => Date | number; getPath: () => string; once: Escuchar }>
type Escuchar = (evento: 'cancelled', alOcurrir: () => void) => unknown

const VISIBLE = /^[\x20-\x7e]+$/
const LARGO_MAXIMO = 1_024
/** Lo que se reenvía tal cual a la API. */
const REENVIADOS = ['x-actor', 'accept-language'] as const

const leer = (metadata: Metadata, nombre: string): string | undefined => {
  const [valor] = metadata.get(nombre)
  if (valor === undefined) return undefined
  if (typeof valor !== 'string' || valor.length > LARGO_MAXIMO || !VISIBLE.test(valor))
    throw invalido(nombre, `debe ser texto ASCII de hasta ${LARGO_MAXIMO} caracteres`)
  return valor
}

const cabecerasDe = (metadata: Metadata, correlacion: string): Record<string, string> => {
  const cabeceras: Record<string, string> = { 'x-correlation-id': correlacion }
  const traza = traceparentDe(metadata.get('traceparent')[0]?.toString())
  if (traza !== undefined) cabeceras.traceparent = traza
  for (const nombre of REENVIADOS) {
    const valor = leer(metadata, nombre)
    if (valor !== undefined) cabeceras[nombre] = valor
  }
  return cabeceras
}

/** Una llamada de principio a fin: su señal, su plazo, su correlación y su línea en la bitácora. */
const abrir = (call: Llamante, { bitacora, entorno, plazos, cierre }: Partes, tipo: 'unaria' | 'flujo') => {
  const inicio = entorno.reloj.monotono()
  const id = entorno.ids()
  const correlacion = correlacionDe(call.metadata.get('x-correlation-id')[0]?.toString(), () => id)
  const control = new AbortController()
  let terminada = false
  // También llega al cerrarse una llamada ya respondida.
  call.once('cancelled', () => {
    if (!terminada) control.abort(new DOMException('Quien llamó se fue.', 'AbortError'))
  })
  // Del plazo que pide quien llama se ocupa la biblioteca: al vencer, la llamada queda cancelada.
  const alarma = Number.isFinite(Number(call.getDeadline()))
    ? undefined
    : entorno.planificador.tras(plazos[tipo], () => control.abort(tarde()))
  const alCerrar = () => control.abort(cerrando())
  if (tipo === 'flujo') cierre.addEventListener('abort', alCerrar, { once: true })

  const anotar = (code: status, codigo?: string) => {
    terminada = true
    alarma?.cancelar()
    cierre.removeEventListener('abort', alCerrar)
    const ms = Math.round((entorno.reloj.monotono() - inicio) * 100) / 100
    bitacora.info({ metodo: call.getPath(), estado: status[code], ms, correlacion, codigo }, 'llamada')
  }
  return {
    llamada: (): Llamada => {
      const llave = leer(call.metadata, 'idempotency-key') ?? id
      return { cabeceras: cabecerasDe(call.metadata, correlacion), llave, senal: control.signal }
    },
    bien: (): Metadata => {
      anotar(status.OK)
      const finales = new Metadata()
      finales.set('x-correlation-id', correlacion)
      return finales
    },
    mal: (error: unknown) => {
      const { codigo, previsto, ...estado } = estadoDe(control.signal.aborted ? control.signal.reason : error, correlacion)
      const seFue = control.signal.aborted && !previsto
      if (!previsto && !seFue) bitacora.error({ err: error, correlacion }, 'error sin prever')
      anotar(seFue ? status.CANCELLED : estado.code, seFue ? 'cliente_ausente' : codigo)
      return estado
    },
  }
}

/** Un método de una respuesta. */
export const unaria =
  <P, R>(partes: Partes, hacer: (pedido: P, llamada: Llamada) => Promise<R>): handleUnaryCall<P, R> =>
  (call, responder) => {
    const { llamada, bien, mal } = abrir(call, partes, 'unaria')
    const correr = async () => hacer(exigirLegible(call.request), llamada())
    correr().then(
      (respuesta) => responder(null, respuesta, bien()),
      (error: unknown) => responder(mal(error)),
    )
  }

/** Un método de muchas respuestas: se produce la siguiente cuando la anterior cupo, y ninguna más si quien llama se fue. */
export const flujo =
  <P, R>(partes: Partes, hacer: (pedido: P, llamada: Llamada) => AsyncIterable<R>): handleServerStreamingCall<P, R> =>
  (call) => {
    const { llamada, bien, mal } = abrir(call, partes, 'flujo')
    const correr = async () => {
      const suya = llamada()
      for await (const respuesta of hacer(exigirLegible(call.request), suya)) await escribir(call, respuesta, suya.senal)
    }
    correr().then(
      () => call.end(bien()),
      (error: unknown) => call.emit('error', mal(error)),
    )
  }

const escribir = async <P, R>(call: ServerWritableStream<P, R>, respuesta: R, senal: AbortSignal): Promise<void> => {
  senal.throwIfAborted()
  if (!call.write(respuesta)) await once(call, 'drain', { signal: senal })
}

/** Resuelve pasado el tiempo; si la señal se dispara antes, rechaza con su motivo. */
export const esperar = (ms: number, planificador: Planificador, senal: AbortSignal): Promise<void> =>
  new Promise((resolver, rechazar) => {
    senal.throwIfAborted()
    const alAbortar = () => {
      alarma.cancelar()
      rechazar(senal.reason)
    }
    const alarma = planificador.tras(ms, () => {
      senal.removeEventListener('abort', alAbortar)
      resolver()
    })
    senal.addEventListener('abort', alAbortar, { once: true })
  })
