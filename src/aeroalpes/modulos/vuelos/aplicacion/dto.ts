import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import { aTexto, esInstante, type Instante } from 'seedwork/dominio/instante.ts'
import Type, { type Static } from 'typebox'
import type { Reserva } from '../dominio/entidades.ts'
import type { Aeropuerto, Itinerario, Leg, Pasajero } from '../dominio/objetos_valor.ts'

const FechaJson = Type.String({
  format: 'date-time',
  maxLength: 64,
  description: 'Un instante RFC 3339; se responde en UTC y sin fracciones.',
})
const AeropuertoJson = Type.Object({
  codigo: Type.String({ minLength: 1, maxLength: 16, description: 'Código IATA.' }),
  nombre: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
})
const LegJson = Type.Object({ fecha_salida: FechaJson, fecha_llegada: FechaJson, origen: AeropuertoJson, destino: AeropuertoJson })
/** Una lista que falta cuenta como vacía: la regla que la prohíbe responde con su nombre. */
const listaDe = <const T extends Type.TSchema>(elemento: T) => Type.Optional(Type.Array(elemento, { maxItems: 1_000 }))
const SegmentoJson = Type.Object({ legs: listaDe(LegJson) })
const OdoJson = Type.Object({ segmentos: listaDe(SegmentoJson) })
const ItinerarioJson = Type.Object({ odos: listaDe(OdoJson) })
const PasajeroJson = Type.Object({
  nombre: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()])),
  tipo: Type.Enum(['ADULTO', 'MENOR', 'INFANTE']),
  clase: Type.Enum(['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA']),
})

/** El pedido de una reserva, como lo envían los clientes del tutorial. Lo demás que traiga se ignora. */
export const PedidoJson = Type.Object({ itinerarios: listaDe(ItinerarioJson), pasajeros: listaDe(PasajeroJson) })
export type PedidoJson = Static<typeof PedidoJson>

const Fecha = Type.String({ examples: ['2022-11-22T13:10:00Z'] })
const AeropuertoSalida = Type.Object({
  codigo: Type.String(),
  fecha_actualizacion: Fecha,
  fecha_creacion: Fecha,
  nombre: Type.Union([Type.String(), Type.Null()]),
})
const LegSalida = Type.Object({ destino: AeropuertoSalida, fecha_llegada: Fecha, fecha_salida: Fecha, origen: AeropuertoSalida })

/** La reserva como la leen los clientes del tutorial, con miembros nuevos que ellos ignoran. */
export const ReservaJson = Type.Object({
  estado: Type.Enum(['PENDIENTE', 'APROBADA', 'PAGADA', 'CANCELADA']),
  fecha_actualizacion: Fecha,
  fecha_creacion: Fecha,
  id: Type.String(),
  id_cliente: Type.Union([Type.String(), Type.Null()]),
  itinerarios: Type.Array(
    Type.Object({ odos: Type.Array(Type.Object({ segmentos: Type.Array(Type.Object({ legs: Type.Array(LegSalida) })) })) }),
  ),
  motivo: Type.Optional(Type.String()),
  pasajeros: Type.Array(PasajeroJson),
})
export type ReservaJson = Static<typeof ReservaJson>

/** Del JSON a los objetos valor. Lanza `datos_invalidos` si una fecha bien escrita no existe (un segundo bisiesto) o en UTC cae fuera de los años 0 a 9999. */
export const leerPedido = ({ itinerarios = [], pasajeros = [] }: PedidoJson): { itinerarios: Itinerario[]; pasajeros: Pasajero[] } => ({
  itinerarios: itinerarios.map(({ odos = [] }, i) => ({
    odos: odos.map(({ segmentos = [] }, j) => ({
      segmentos: segmentos.map(({ legs = [] }, k) => ({
        legs: legs.map((leg, l) => leerLeg(leg, () => `/itinerarios/${i}/odos/${j}/segmentos/${k}/legs/${l}`)),
      })),
    })),
  })),
  pasajeros: pasajeros.map(({ nombre = null, tipo, clase }) => ({ nombre, tipo, clase })),
})

const leerLeg = ({ fecha_salida, fecha_llegada, origen, destino }: Static<typeof LegJson>, puntero: () => string): Leg => ({
  fecha_salida: leerFecha(fecha_salida, () => `${puntero()}/fecha_salida`),
  fecha_llegada: leerFecha(fecha_llegada, () => `${puntero()}/fecha_llegada`),
  origen: leerAeropuerto(origen),
  destino: leerAeropuerto(destino),
})

const leerAeropuerto = ({ codigo, nombre = null }: Static<typeof AeropuertoJson>): Aeropuerto => ({ codigo, nombre })

const leerFecha = (texto: string, puntero: () => string): Instante => {
  const instante = Date.parse(texto)
  if (!esInstante(instante)) throw fechaInexistente(puntero())
  return instante
}

const fechaInexistente = (puntero: string): ErrorDominio => {
  const texto = { es: 'No es un instante que exista.', en: 'This instant does not exist.' }
  return new ErrorDominio({
    codigo: 'datos_invalidos',
    clase: 'invalido',
    texto: { es: 'El pedido tiene datos inválidos.', en: 'The request has invalid data.' },
    errores: [{ puntero, texto }],
  })
}

/** La reserva en la forma del tutorial. */
export const aJson = (reserva: Reserva): ReservaJson => {
  const fechas = { fecha_actualizacion: aTexto(reserva.fecha_actualizacion), fecha_creacion: aTexto(reserva.fecha_creacion) }
  const aeropuerto = ({ codigo, nombre }: Aeropuerto) => ({
    codigo,
    fecha_actualizacion: fechas.fecha_creacion,
    fecha_creacion: fechas.fecha_creacion,
    nombre,
  })
  const leg = ({ fecha_salida, fecha_llegada, origen, destino }: Leg) => ({
    destino: aeropuerto(destino),
    fecha_llegada: aTexto(fecha_llegada),
    fecha_salida: aTexto(fecha_salida),
    origen: aeropuerto(origen),
  })
  return {
    estado: reserva.estado,
    ...fechas,
    id: reserva.id,
    id_cliente: reserva.id_cliente,
    itinerarios: reserva.itinerarios.map(({ odos }) => ({
      odos: odos.map(({ segmentos }) => ({ segmentos: segmentos.map(({ legs }) => ({ legs: legs.map(leg) })) })),
    })),
    ...(reserva.estado === 'CANCELADA' && { motivo: reserva.motivo }),
    pasajeros: reserva.pasajeros.map(({ nombre, tipo, clase }) => ({ nombre, tipo, clase })),
  }
}
