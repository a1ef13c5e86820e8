import type { Condiciones, Leg, Locacion, Precio, Reserva } from '../gen/vuelos.ts'
import { deTexto } from './fechas.ts'

type LugarLeido = Readonly<{ codigo: string; nombre: string | null; ciudad: string | null; zona: string | null }>
type LegLeido = Readonly<{
  fecha_salida: string
  fecha_llegada: string
  origen: LugarLeido
  destino: LugarLeido
  vuelo: string | null
  aerolinea: Readonly<{ codigo: string; nombre: string }> | null
  salida_local: string | null
  llegada_local: string | null
}>
export type OdoLeido = Readonly<{ segmentos: readonly Readonly<{ legs: readonly LegLeido[] }>[] }>
export type PrecioLeido = Readonly<{
  moneda: Precio['moneda']
  total: number
  base: number
  impuestos: number
  por_pasajero: readonly Readonly<{ tipo: Reserva['pasajeros'][number]['tipo']; cantidad: number; unitario: number }>[]
}>
export type CondicionesLeidas = Readonly<{ reembolso_porcentaje: number; penalidad: number; cambios: boolean }>

/** De la reserva en JSON, lo que aquí se usa. */
export type ReservaLeida = Readonly<{
  id: string
  estado: Reserva['estado']
  fecha_creacion: string
  fecha_actualizacion: string
  id_cliente: string | null
  itinerarios: readonly Readonly<{ odos: readonly OdoLeido[] }>[]
  pasajeros: readonly Readonly<{
    nombre: string | null
    apellido?: string
    tipo: Reserva['pasajeros'][number]['tipo']
    clase: Reserva['pasajeros'][number]['clase']
  }>[]
  localizador: string | null
  motivo?: string
  precio: PrecioLeido | null
  condiciones: CondicionesLeidas | null
}>

const lugar = ({ codigo, nombre, ciudad, zona }: LugarLeido): Locacion => ({
  codigo,
  nombre: nombre ?? '',
  ciudad: ciudad ?? undefined,
  zona: zona ?? undefined,
})

const leg = (leido: LegLeido): Leg => ({
  fecha_salida: deTexto(leido.fecha_salida),
  fecha_llegada: deTexto(leido.fecha_llegada),
  origen: lugar(leido.origen),
  destino: lugar(leido.destino),
  vuelo: leido.vuelo ?? undefined,
  aerolinea: leido.aerolinea ?? undefined,
  salida_local: leido.salida_local ?? undefined,
  llegada_local: leido.llegada_local ?? undefined,
})

export const odo = ({ segmentos }: OdoLeido) => ({ segmentos: segmentos.map(({ legs }) => ({ legs: legs.map(leg) })) })

export const precio = ({ moneda, total, base, impuestos, por_pasajero }: PrecioLeido): Precio => ({
  moneda,
  total: BigInt(total),
  base: BigInt(base),
  impuestos: BigInt(impuestos),
  por_pasajero: por_pasajero.map(({ tipo, cantidad, unitario }) => ({ tipo, cantidad, unitario: BigInt(unitario) })),
})

export const condiciones = ({ reembolso_porcentaje, penalidad, cambios }: CondicionesLeidas): Condiciones => ({
  reembolso_porcentaje,
  penalidad: BigInt(penalidad),
  cambios,
})

/** La reserva de la API como mensaje: cada itinerario, odo, segmento y leg, en su orden, con los instantes que ella dice. */
export const reservaDeJson = (leida: ReservaLeida): Reserva => ({
  id: leida.id,
  fecha_creacion: deTexto(leida.fecha_creacion),
  fecha_actualizacion: deTexto(leida.fecha_actualizacion),
  itinerarios: leida.itinerarios.map(({ odos }) => ({ odos: odos.map(odo) })),
  estado: leida.estado,
  id_cliente: leida.id_cliente ?? undefined,
  pasajeros: leida.pasajeros.map(({ nombre, ...resto }) => ({ ...resto, nombre: nombre ?? undefined })),
  localizador: leida.localizador ?? undefined,
  precio: leida.precio === null ? undefined : precio(leida.precio),
  condiciones: leida.condiciones === null ? undefined : condiciones(leida.condiciones),
  motivo: leida.motivo,
})
