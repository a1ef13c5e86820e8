import { ErrorDominio, type Texto } from 'seedwork/dominio/errores.ts'
import { esInstante, type Instante } from 'seedwork/dominio/instante.ts'
import Type, { type Static } from 'typebox'
import type { Aeropuerto, Itinerario, Leg } from '../dominio/objetos_valor.ts'
import type { Compra, Viajero } from '../dominio/oferta.ts'
import type { PedidoDeReserva } from './vender.ts'

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
/** Como se escribe en un boleto: con alguna letra. */
const NombreJson = Type.String({ minLength: 1, maxLength: 80, pattern: '\\p{L}' })
const PasajeroJson = Type.Object({
  nombre: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()])),
  apellido: Type.Optional(NombreJson),
  tipo: Type.Enum(['ADULTO', 'MENOR', 'INFANTE']),
  clase: Type.Optional(
    Type.Enum(['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA'], {
      description: 'Obligatoria sin `id_oferta`; con ella es la de la oferta.',
    }),
  ),
})
const ContactoJson = Type.Object({
  nombre: NombreJson,
  correo: Type.String({ format: 'email', maxLength: 254 }),
  idioma: Type.Enum(['es', 'en']),
})

/** El pedido de una reserva: como lo envían los clientes del tutorial, o de una oferta. Lo demás que traiga se ignora. */
export const PedidoJson = Type.Object({
  itinerarios: listaDe(ItinerarioJson),
  pasajeros: listaDe(PasajeroJson),
  id_oferta: Type.Optional(
    Type.String({ minLength: 1, maxLength: 4_096, description: 'Una oferta vigente: entonces `itinerarios` no se lee.' }),
  ),
  contacto: Type.Optional(ContactoJson),
})
export type PedidoJson = Static<typeof PedidoJson>

/** Del JSON a lo que se pide. Lanza `datos_invalidos` si falta un dato que ese pedido necesita, o una fecha bien escrita no existe. */
export const leerPedido = ({ id_oferta, itinerarios = [], pasajeros = [], contacto }: PedidoJson): PedidoDeReserva => {
  if (id_oferta !== undefined) return { itinerarios: [], pasajeros: [], compra: leerCompra(id_oferta, pasajeros, contacto) }
  return {
    itinerarios: itinerarios.map(leerItinerario),
    pasajeros: pasajeros.map(({ nombre = null, tipo, clase }, i) => ({ nombre, tipo, clase: presente(clase, `/pasajeros/${i}/clase`) })),
  }
}

const leerItinerario = ({ odos = [] }: Static<typeof ItinerarioJson>, i: number): Itinerario => ({
  odos: odos.map(({ segmentos = [] }, j) => ({
    segmentos: segmentos.map(({ legs = [] }, k) => ({
      legs: legs.map((leg, l) => leerLeg(leg, () => `/itinerarios/${i}/odos/${j}/segmentos/${k}/legs/${l}`)),
    })),
  })),
})

const leerCompra = (
  id_oferta: string,
  pasajeros: readonly Static<typeof PasajeroJson>[],
  contacto: Compra['contacto'] | undefined,
): Compra => ({
  id_oferta,
  viajeros: pasajeros.map(
    ({ nombre, apellido, tipo }, i): Viajero => ({
      nombre: presente(nombre ?? undefined, `/pasajeros/${i}/nombre`),
      apellido: presente(apellido, `/pasajeros/${i}/apellido`),
      tipo,
    }),
  ),
  contacto: presente(contacto, '/contacto'),
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

const presente = <T>(valor: T | undefined, puntero: string): T => {
  if (valor === undefined) throw datoInvalido(puntero, { es: 'es obligatorio', en: 'is required' })
  return valor
}

const fechaInexistente = (puntero: string): ErrorDominio =>
  datoInvalido(puntero, { es: 'No es un instante que exista.', en: 'This instant does not exist.' })

const datoInvalido = (puntero: string, texto: Texto): ErrorDominio =>
  new ErrorDominio({
    codigo: 'datos_invalidos',
    clase: 'invalido',
    texto: { es: 'El pedido tiene datos inválidos.', en: 'The request has invalid data.' },
    errores: [{ puntero, texto }],
  })
