import type { MensajeRecibido, Propiedades } from '../puerto.ts'
import { escribirPosicion, leerId } from './posicion.ts'
import type { FilaApartado } from './tablas.ts'

/** La propiedad que lleva el identificador del mensaje cuando no es el de CloudEvents. */
const PROPIEDAD_ID = '_mid'

/** Lo que se escribe en las propiedades para que el identificador vuelva. */
export const propiedadesConId = (id: string, propiedades: Propiedades): string =>
  JSON.stringify(propiedades.id === id ? propiedades : { ...propiedades, [PROPIEDAD_ID]: id })

/** Lo que llega por un WebSocket, de consumidor o de lector. */
type Trama = Readonly<{
  messageId: string
  payload: string
  properties?: Propiedades
  publishTime: string
  key?: string
  redeliveryCount?: number
}>

/** Un mensaje y cómo se le nombra al saldarlo: `acuse` para Pulsar. */
export type Recibido = MensajeRecibido & Readonly<{ clave: string; acuse?: string; devuelto?: number }>

/** Uno que viene de los apartados de esta base, y a qué suscripción vuelve. */
export type Devuelto = Recibido & Readonly<{ devuelto: number; suscripcion: string }>

/** Lo que escribió otro programa, sin identificador, se llama como su posición: no cambia por mucho que se entregue. */
export const deTrama = (epoca: string, topico: string, texto: string): Recibido => {
  const { messageId, payload, properties = {}, publishTime, key } = JSON.parse(texto) as Trama
  const posicion = escribirPosicion(epoca, leerId(messageId))
  const { [PROPIEDAD_ID]: propio, ...propiedades } = properties
  return {
    topico,
    id: propio ?? propiedades.id ?? posicion,
    llave: key ?? null,
    datos: Buffer.from(payload, 'base64'),
    propiedades,
    posicion,
    instante: Date.parse(publishTime),
    clave: posicion,
    acuse: messageId,
  }
}

export const deDevuelto = (fila: FilaApartado): Devuelto => ({
  topico: fila.topico,
  id: fila.id,
  llave: fila.llave,
  datos: fila.datos,
  propiedades: JSON.parse(fila.propiedades) as Propiedades,
  posicion: fila.posicion,
  instante: fila.instante,
  clave: `devuelto.${fila.numero}`,
  devuelto: fila.numero,
  suscripcion: fila.suscripcion,
})

/** Lo que el manejador ve es del puerto y nada más. */
export const sinLoPropio = ({ topico, id, llave, datos, propiedades, posicion, instante }: Recibido): MensajeRecibido => ({
  topico,
  id,
  llave,
  datos,
  propiedades,
  posicion,
  instante,
})
