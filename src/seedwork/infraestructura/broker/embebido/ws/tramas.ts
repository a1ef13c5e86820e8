import type { Mensaje, MensajeRecibido } from '../../puerto.ts'
import { escribirId, ledgerDe } from './id_de_mensaje.ts'

/** Donde se guarda, entre las propiedades, la hora del hecho que el productor dijo en `eventTime`. */
const HORA_DEL_HECHO = 'pulsareventtime'

/** Una trama que no se entiende, con el código de Pulsar. */
export class TramaInvalida extends Error {
  readonly resultado: 'send-error:3' | 'send-error:7'
  readonly contexto: string | undefined
  constructor(resultado: TramaInvalida['resultado'], frase: string, contexto?: string) {
    super(frase)
    this.resultado = resultado
    this.contexto = contexto
  }
}

export type Envio = Readonly<{ contexto: string | undefined; mensaje: Omit<Mensaje, 'topico' | 'id'>; id: string | undefined }>

const esObjeto = (valor: unknown): valor is Readonly<Record<string, unknown>> =>
  typeof valor === 'object' && valor !== null && !Array.isArray(valor)

/** El objeto JSON de una trama de texto; `undefined` si no lo es. */
export const leerObjeto = (texto: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const valor: unknown = JSON.parse(texto)
    return esObjeto(valor) ? valor : undefined
  } catch {
    return undefined
  }
}

/** Un valor de JSON como texto: `String` de un objeto llama a lo que el objeto diga. */
const comoTexto = (valor: unknown): string => (typeof valor === 'string' ? valor : JSON.stringify(valor))

/** Lo que un productor envía. Los campos que no se conocen se ignoran, como en Pulsar. Lanza `TramaInvalida`. */
export const leerEnvio = (texto: string): Envio => {
  const trama = leerObjeto(texto)
  if (trama === undefined) throw new TramaInvalida('send-error:3', 'La trama no es un objeto JSON.')
  const contexto = typeof trama.context === 'string' ? trama.context : undefined
  const mal = (frase: string): never => {
    throw new TramaInvalida('send-error:7', frase, contexto)
  }
  const { payload, key, eventTime, properties, deliverAfterMs, deliverAt } = trama
  if (typeof payload !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(payload)) return mal('Invalid Base64 message-payload')
  if (key !== undefined && key !== null && typeof key !== 'string') return mal('key no es un texto')
  if (deliverAfterMs !== undefined || deliverAt !== undefined) return mal('La entrega con retraso no se admite aquí')
  const hora = eventTime === undefined || eventTime === null ? undefined : Date.parse(comoTexto(eventTime))
  if (Number.isNaN(hora)) return mal('eventTime no es una fecha')
  if (properties !== undefined && properties !== null && !esObjeto(properties)) return mal('properties no es un objeto')
  const propiedades = Object.fromEntries(Object.entries(properties ?? {}).map(([nombre, valor]) => [nombre, comoTexto(valor)]))
  return {
    contexto,
    id: propiedades.id ?? propiedades._mid,
    mensaje: {
      llave: key || null,
      datos: Buffer.from(payload, 'base64'),
      propiedades: { ...propiedades, ...(hora !== undefined && { [HORA_DEL_HECHO]: new Date(hora).toISOString() }) },
    },
  }
}

/** La posición como la ve quien está al otro lado. */
export const idDe = ({ posicion }: Pick<MensajeRecibido, 'posicion'>): string => {
  const [epoca = '', numero] = posicion.split('.')
  return escribirId({ ledger: ledgerDe(epoca), entrada: Number(numero) })
}

/** Lo que recibe un consumidor o un lector. */
export const tramaDe = (mensaje: MensajeRecibido, repeticiones: number): object => {
  const { [HORA_DEL_HECHO]: eventTime, ...properties } = mensaje.propiedades
  return {
    messageId: idDe(mensaje),
    payload: Buffer.from(mensaje.datos).toString('base64'),
    properties,
    publishTime: new Date(mensaje.instante).toISOString(),
    redeliveryCount: repeticiones,
    ...(eventTime !== undefined && { eventTime }),
    ...(mensaje.llave !== null && { key: mensaje.llave }),
  }
}
