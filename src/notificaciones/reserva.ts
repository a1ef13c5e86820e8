import Type, { type Static, type TSchema } from 'typebox'

/** Un dato que puede faltar, o venir en null: las reservas que no salen de una oferta no lo tienen. */
const quizas = <const T extends TSchema>(esquema: T) => Type.Optional(Type.Union([esquema, Type.Null()]))

const Lugar = Type.Object({
  codigo: Type.String(),
  nombre: quizas(Type.String()),
  ciudad: quizas(Type.String()),
  zona: quizas(Type.String()),
})
const Leg = Type.Object({
  vuelo: quizas(Type.String()),
  aerolinea: quizas(Type.Object({ codigo: Type.String(), nombre: Type.String() })),
  origen: Lugar,
  destino: Lugar,
  fecha_salida: Type.String(),
  fecha_llegada: Type.String(),
  salida_local: quizas(Type.String()),
  llegada_local: quizas(Type.String()),
})
const Odo = Type.Object({ segmentos: Type.Array(Type.Object({ legs: Type.Array(Leg) })) })
const Precio = Type.Object({ moneda: Type.String(), total: Type.Integer(), base: Type.Integer(), impuestos: Type.Integer() })
const Condiciones = Type.Object({ reembolso_porcentaje: Type.Number(), penalidad: Type.Integer(), cambios: Type.Boolean() })
const Paso = Type.Object({
  paso: Type.String(),
  estado: Type.String(),
  detalle: quizas(Type.Object({ es: Type.String(), en: Type.String() })),
})

/** De la reserva que responde la API, lo que un correo dice. Lo demás que traiga se ignora. */
export const ReservaLeida = Type.Object({
  id: Type.String(),
  localizador: quizas(Type.String()),
  precio: quizas(Precio),
  condiciones: quizas(Condiciones),
  itinerarios: Type.Array(Type.Object({ odos: Type.Array(Odo) })),
  pasajeros: Type.Array(
    Type.Object({ nombre: quizas(Type.String()), apellido: quizas(Type.String()), tipo: Type.String(), clase: Type.String() }),
  ),
  linea_de_tiempo: quizas(Type.Array(Paso)),
})
export type ReservaLeida = Static<typeof ReservaLeida>

export const ContactoLeido = Type.Object({ nombre: Type.String(), correo: Type.String(), idioma: Type.Enum(['es', 'en']) })
export type ContactoLeido = Static<typeof ContactoLeido>

export type LegLeido = Static<typeof Leg>
export type LugarLeido = Static<typeof Lugar>
export type PrecioLeido = Static<typeof Precio>
export type CondicionesLeidas = Static<typeof Condiciones>

/** Los viajes de la reserva (ida, regreso), cada uno con los vuelos que se toman uno tras otro. */
export const viajesDe = ({ itinerarios }: Pick<ReservaLeida, 'itinerarios'>): readonly (readonly LegLeido[])[] =>
  itinerarios.flatMap(({ odos }) => odos.flatMap(({ segmentos }) => segmentos.map(({ legs }) => legs))).filter((legs) => legs.length > 0)

/** Si alguna vez se pagó, aunque después se cancelara. */
export const seCobro = ({ linea_de_tiempo }: Pick<ReservaLeida, 'linea_de_tiempo'>): boolean =>
  linea_de_tiempo?.some(({ paso, estado }) => paso === 'pagada' && estado === 'hecho') ?? false
