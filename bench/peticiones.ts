import { firmarActor } from 'seedwork/presentacion/actor.ts'

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

/** La clave con que se firma en este banco, y hasta cuándo valen sus credenciales. */
export type Credencial = Readonly<{ clave: string; vence: number }>

const firmada = ({ clave, vence }: Credencial, id: string, rol: 'viajero' | 'operador'): string =>
  firmarActor(Buffer.from(clave, 'base64url'), { id, rol }, vence)

/** La credencial de cada viajero. */
export const actoresDe = (credencial: Credencial): readonly string[] => VIAJEROS.map((id) => firmada(credencial, id, 'viajero'))

/** Los bytes de un POST de reserva por cada viajero. */
export const reservar = (camino: '/vuelos/reserva' | '/vuelos/reserva-comando', credencial: Credencial): readonly string[] => {
  const cuerpo = JSON.stringify(PEDIDO)
  const fijas = `host: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(cuerpo)}`
  return VIAJEROS.map((id) => `POST ${camino} HTTP/1.1\r\n${fijas}\r\nx-actor: ${firmada(credencial, id, 'viajero')}\r\n\r\n${cuerpo}`)
}

/** Los bytes de un GET por camino, pedidos por un operador. */
export const leer = (caminos: readonly string[], credencial: Credencial): readonly string[] => {
  const operador = firmada(credencial, 'banco', 'operador')
  return caminos.map((camino) => `GET ${camino} HTTP/1.1\r\nhost: localhost\r\nx-actor: ${operador}\r\n\r\n`)
}
