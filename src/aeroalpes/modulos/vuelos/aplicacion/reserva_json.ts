import { aTexto } from 'seedwork/dominio/instante.ts'
import Type, { type Static } from 'typebox'
import type { Reserva } from '../dominio/entidades.ts'
import type { Aeropuerto, Leg, Pasajero } from '../dominio/objetos_valor.ts'
import { acciones_disponibles, linea_de_tiempo } from './linea_de_tiempo.ts'
import { id_publico } from './propiedad.ts'

const Fecha = Type.String({ examples: ['2022-11-22T13:10:00Z'] })
const Hora = Type.String({ examples: ['2026-12-10T08:15'], description: 'La del reloj del lugar.' })
const oNull = <T extends Type.TSchema>(esquema: T) => Type.Union([esquema, Type.Null()])
const Texto = Type.Object({ es: Type.String(), en: Type.String() })

const AeropuertoSalida = Type.Object({
  codigo: Type.String(),
  fecha_actualizacion: Fecha,
  fecha_creacion: Fecha,
  nombre: oNull(Type.String()),
  ciudad: oNull(Type.String()),
  zona: oNull(Type.String({ examples: ['America/Bogota'] })),
})
const AerolineaJson = Type.Object({ codigo: Type.String(), nombre: Type.String() })
const LegSalida = Type.Object({
  destino: AeropuertoSalida,
  fecha_llegada: Fecha,
  fecha_salida: Fecha,
  origen: AeropuertoSalida,
  vuelo: oNull(Type.String({ examples: ['AN 123'] })),
  aerolinea: oNull(AerolineaJson),
  salida_local: oNull(Hora),
  llegada_local: oNull(Hora),
})

const Minimas = (description: string) => Type.Integer({ description: `${description} En unidades menores de la moneda.` })
export const MonedaJson = Type.Enum(['COP', 'USD'])
export const DineroJson = Type.Object({ moneda: MonedaJson, total: Minimas('') })
export const PrecioJson = Type.Object({
  moneda: MonedaJson,
  total: Minimas('Lo que pagan todos.'),
  base: Minimas('Sin impuestos.'),
  impuestos: Minimas('Los impuestos y tasas.'),
  por_pasajero: Type.Array(
    Type.Object({
      tipo: Type.Enum(['ADULTO', 'MENOR', 'INFANTE']),
      cantidad: Type.Integer(),
      unitario: Minimas('Lo de uno, con impuestos.'),
    }),
  ),
})
export const CondicionesJson = Type.Object({
  reembolso_porcentaje: Type.Integer({ description: 'Cuánto vuelve de lo pagado al cancelar antes de la primera salida.' }),
  penalidad: Minimas('Lo que además se descuenta, de toda la compra.'),
  cambios: Type.Boolean(),
})
const PasajeroSalida = Type.Object({
  nombre: oNull(Type.String()),
  apellido: Type.Optional(Type.String()),
  tipo: Type.Enum(['ADULTO', 'MENOR', 'INFANTE']),
  clase: Type.Enum(['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA']),
})
const PasoJson = Type.Object({
  paso: Type.Enum(['recibida', 'reservada', 'aprobada', 'pagada', 'cancelada']),
  estado: Type.Enum(['hecho', 'ahora', 'por_venir']),
  fecha: oNull(Fecha),
  detalle: oNull(Texto),
})

/** La reserva como la leen los clientes del tutorial, con miembros nuevos que ellos ignoran. */
export const ReservaJson = Type.Object({
  estado: Type.Enum(['PENDIENTE', 'APROBADA', 'PAGADA', 'CANCELADA']),
  fecha_actualizacion: Fecha,
  fecha_creacion: Fecha,
  id: Type.String(),
  id_cliente: oNull(Type.String()),
  itinerarios: Type.Array(
    Type.Object({ odos: Type.Array(Type.Object({ segmentos: Type.Array(Type.Object({ legs: Type.Array(LegSalida) })) })) }),
  ),
  motivo: Type.Optional(Type.String()),
  pasajeros: Type.Array(PasajeroSalida),
  localizador: oNull(Type.String({ examples: ['KQPRWD'] })),
  precio: oNull(PrecioJson),
  condiciones: oNull(CondicionesJson),
  acciones_disponibles: Type.Array(Type.Enum(['pagar', 'cancelar'])),
  linea_de_tiempo: Type.Array(PasoJson),
})
export type ReservaJson = Static<typeof ReservaJson>

type Fechas = Pick<ReservaJson, 'fecha_actualizacion' | 'fecha_creacion'>

const aeropuertoAJson = ({ codigo, nombre, ciudad, zona }: Aeropuerto, { fecha_creacion }: Fechas) => ({
  codigo,
  fecha_actualizacion: fecha_creacion,
  fecha_creacion,
  nombre,
  ciudad: ciudad ?? null,
  zona: zona ?? null,
})

const legAJson = ({ fecha_salida, fecha_llegada, origen, destino, vuelo }: Leg, fechas: Fechas): Static<typeof LegSalida> => ({
  destino: aeropuertoAJson(destino, fechas),
  fecha_llegada: aTexto(fecha_llegada),
  fecha_salida: aTexto(fecha_salida),
  origen: aeropuertoAJson(origen, fechas),
  vuelo: vuelo?.numero ?? null,
  aerolinea: vuelo?.aerolinea ?? null,
  salida_local: vuelo?.salida_local ?? null,
  llegada_local: vuelo?.llegada_local ?? null,
})

const pasajeroAJson = ({ nombre, apellido, tipo, clase }: Pasajero): Static<typeof PasajeroSalida> => ({
  nombre,
  ...(apellido !== undefined && { apellido }),
  tipo,
  clase,
})

const ventaAJson = ({ venta }: Reserva): Pick<ReservaJson, 'localizador' | 'precio' | 'condiciones'> => ({
  localizador: venta?.localizador ?? null,
  precio: venta === undefined ? null : { ...venta.precio, por_pasajero: [...venta.precio.por_pasajero] },
  condiciones: venta?.condiciones ?? null,
})

/** La reserva en la forma del tutorial. La sesión de un invitado no sale: su reserva no es de un cliente. */
export const aJson = (reserva: Reserva): ReservaJson => {
  const fechas = { fecha_actualizacion: aTexto(reserva.fecha_actualizacion), fecha_creacion: aTexto(reserva.fecha_creacion) }
  return {
    estado: reserva.estado,
    ...fechas,
    id: reserva.id,
    id_cliente: id_publico(reserva.id_cliente),
    itinerarios: reserva.itinerarios.map(({ odos }) => ({
      odos: odos.map(({ segmentos }) => ({
        segmentos: segmentos.map(({ legs }) => ({ legs: legs.map((leg) => legAJson(leg, fechas)) })),
      })),
    })),
    ...(reserva.estado === 'CANCELADA' && { motivo: reserva.motivo }),
    pasajeros: reserva.pasajeros.map(pasajeroAJson),
    ...ventaAJson(reserva),
    acciones_disponibles: [...acciones_disponibles(reserva)],
    linea_de_tiempo: linea_de_tiempo(reserva).map((paso) => ({ ...paso })),
  }
}
