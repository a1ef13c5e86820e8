import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { leerSesion } from 'ui/web/sesion.ts'

const lugar = (codigo: string, nombre: string) => ({ codigo, nombre })
const LEG = {
  fecha_salida: '2022-11-22T13:10:00Z',
  fecha_llegada: '2022-11-22T15:10:00Z',
  origen: lugar('BOG', 'El Dorado'),
  destino: lugar('JFK', 'John F. Kennedy'),
}

/** El pedido del tutorial: una ida, sin escalas. */
export const PEDIDO = { itinerarios: [{ odos: [{ segmentos: [{ legs: [LEG] }] }] }] }

/** Cada conexión reserva para su viajero. */
export const VIAJEROS: readonly string[] = Array.from({ length: 64 }, (_, i) => `viajero-${i}`)

/** Los mismos, con la sesión de su navegador: lo que les pasa se les empuja. Cada secreto da siempre el mismo identificador. */
export const COOKIES: readonly string[] = VIAJEROS.map((id) => `sesion=${id.padEnd(32, '_')}`)
const SESIONES = COOKIES.map((cookie) => leerSesion({ cookie }, false)?.id ?? '')

/** La clave con que se firma en este banco, y hasta cuándo valen sus credenciales. */
export type Credencial = Readonly<{ clave: string; vence: number }>

const firmada = ({ clave, vence }: Credencial, id: string, rol: 'viajero' | 'operador'): string =>
  firmarActor(Buffer.from(clave, 'base64url'), { id, rol }, vence)

/** La credencial de cada viajero. */
export const actoresDe = (credencial: Credencial): readonly string[] => VIAJEROS.map((id) => firmada(credencial, id, 'viajero'))

type Camino = '/vuelos/reserva' | '/vuelos/reserva-comando'

/** Un pedido que viene de una traza ajena (W3C Trace Context). */
const TRAZA = 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n'

/** Los bytes de un POST de reserva por cada viajero; `conSesion`, cada uno es la sesión de un navegador; `conTraza`, sigue una traza. */
export const reservar = (camino: Camino, credencial: Credencial, { conSesion = false, conTraza = false } = {}): readonly string[] => {
  const cuerpo = JSON.stringify(PEDIDO)
  const fijas = `host: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(cuerpo)}`
  return (conSesion ? SESIONES : VIAJEROS).map(
    (id) =>
      `POST ${camino} HTTP/1.1\r\n${fijas}\r\n${conTraza ? TRAZA : ''}x-actor: ${firmada(credencial, id, 'viajero')}\r\n\r\n${cuerpo}`,
  )
}

/** Los bytes de un GET por camino, pedidos por un operador. */
export const leer = (caminos: readonly string[], credencial: Credencial): readonly string[] => {
  const operador = firmada(credencial, 'banco', 'operador')
  return caminos.map((camino) => `GET ${camino} HTTP/1.1\r\nhost: localhost\r\nx-actor: ${operador}\r\n\r\n`)
}
