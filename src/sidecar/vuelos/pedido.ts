import type { Itinerario, Leg, Locacion, Pasajero, Reserva } from '../gen/vuelos.ts'
import { aTexto } from './fechas.ts'

/** Lo que en protobuf no se dijo, en JSON falta. */
export const dicho = <T extends string>(valor: T): T | undefined => (/_DESCONOCID[OA]$/.test(valor) ? undefined : valor)

const lugar = (locacion: Locacion | undefined) => locacion && { codigo: locacion.codigo, nombre: locacion.nombre || null }

const legAJson = ({ fecha_salida, fecha_llegada, origen, destino }: Leg, campo: () => string) => ({
  fecha_salida: fecha_salida && aTexto(fecha_salida, () => `${campo()}.fecha_salida`),
  fecha_llegada: fecha_llegada && aTexto(fecha_llegada, () => `${campo()}.fecha_llegada`),
  origen: lugar(origen),
  destino: lugar(destino),
})

const itinerarioAJson = ({ odos }: Itinerario, i: number) => ({
  odos: odos.map(({ segmentos }, j) => ({
    segmentos: segmentos.map(({ legs }, k) => ({
      legs: legs.map((leg, l) => legAJson(leg, () => `itinerarios[${i}].odos[${j}].segmentos[${k}].legs[${l}]`)),
    })),
  })),
})

const pasajeroAJson = ({ nombre, apellido, tipo, clase }: Pasajero) => ({ nombre, apellido, tipo: dicho(tipo), clase: dicho(clase) })

/** El cuerpo con que se reserva por HTTP: todo lo pedido, en su orden, con los instantes en UTC. Qué falta, o sobra, lo dice la API. */
export const pedidoAJson = ({ itinerarios, pasajeros, id_oferta, contacto }: Reserva) => ({
  itinerarios: itinerarios.map(itinerarioAJson),
  pasajeros: pasajeros.map(pasajeroAJson),
  id_oferta,
  contacto,
})
