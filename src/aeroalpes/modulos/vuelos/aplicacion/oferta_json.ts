import { aTexto } from 'seedwork/dominio/instante.ts'
import Type, { type Static } from 'typebox'
import type { Lugar } from '../dominio/aeropuertos.ts'
import { condiciones_de } from '../dominio/condiciones.ts'
import { type Horas, MINUTO_MS, texto_local } from '../dominio/horas.ts'
import type { ItinerarioOfrecido, OdoOfrecido, Orden } from '../dominio/itinerarios_ofrecidos.ts'
import { type Ofertas, vence_en } from '../dominio/oferta.ts'
import { sumar_precios } from '../dominio/precio.ts'
import type { ParametroBusca } from '../dominio/proveedor.ts'
import type { VueloProgramado } from '../dominio/red/horarios.ts'
import { CondicionesJson, PrecioJson } from './reserva_json.ts'

const LugarJson = Type.Object({ codigo: Type.String(), nombre: Type.String(), ciudad: Type.String(), zona: Type.String() })
const Instante = Type.String({ examples: ['2026-12-10T13:15:00Z'] })
const HoraLocal = Type.String({ examples: ['2026-12-10T08:15'] })
const LegOfrecidoJson = Type.Object({
  vuelo: Type.String({ examples: ['AN 123'] }),
  aerolinea: Type.Object({ codigo: Type.String(), nombre: Type.String() }),
  origen: LugarJson,
  destino: LugarJson,
  fecha_salida: Instante,
  fecha_llegada: Instante,
  salida_local: HoraLocal,
  llegada_local: HoraLocal,
  dias_despues: Type.Integer({ description: 'Cuántos días después de salir se llega, por el calendario de cada lugar.' }),
})
const OdoOfrecidoJson = Type.Object({
  origen: LugarJson,
  destino: LugarJson,
  duracion_minutos: Type.Integer(),
  segmentos: Type.Array(Type.Object({ legs: Type.Array(LegOfrecidoJson) })),
  conexiones: Type.Array(Type.Object({ lugar: LugarJson, minutos: Type.Integer() })),
})

/** Un itinerario que se puede reservar por su `id_oferta` hasta `vence`. */
export const OfertaJson = Type.Object({
  id_oferta: Type.String(),
  vence: Instante,
  clase: Type.Enum(['ECONOMICA', 'PREMIUM', 'EJECUTIVA', 'PRIMERA']),
  asientos: Type.Integer({ description: 'Los que quedan en el vuelo más lleno.' }),
  precio: PrecioJson,
  condiciones: CondicionesJson,
  duracion_minutos: Type.Integer(),
  escalas: Type.Integer(),
  odos: Type.Array(OdoOfrecidoJson),
})
type OfertaJson = Static<typeof OfertaJson>

const lugar = ({ codigo, nombre, ciudad, zona }: Lugar) => ({ codigo, nombre, ciudad, zona })

const leg = ({ numero, aerolinea, origen, destino, salida, llegada }: VueloProgramado, horas: Horas): Static<typeof LegOfrecidoJson> => {
  const [sale, llega] = [horas.aLocal(origen.zona, salida), horas.aLocal(destino.zona, llegada)]
  return {
    vuelo: numero,
    aerolinea: { codigo: aerolinea.codigo, nombre: aerolinea.nombre },
    origen: lugar(origen),
    destino: lugar(destino),
    fecha_salida: aTexto(salida),
    fecha_llegada: aTexto(llegada),
    salida_local: texto_local(sale),
    llegada_local: texto_local(llega),
    dias_despues: llega.dia - sale.dia,
  }
}

const odoAJson = ({ opcion, duracion }: OdoOfrecido, horas: Horas): Static<typeof OdoOfrecidoJson> => ({
  origen: lugar(opcion[0].origen),
  destino: lugar((opcion.at(-1) ?? opcion[0]).destino),
  duracion_minutos: duracion / MINUTO_MS,
  segmentos: [{ legs: opcion.map((vuelo) => leg(vuelo, horas)) }],
  conexiones: opcion.slice(1).map((vuelo, i) => ({
    lugar: lugar(vuelo.origen),
    minutos: (vuelo.salida - (opcion[i]?.llegada ?? vuelo.salida)) / MINUTO_MS,
  })),
})

const referencia = ({ aerolinea, origen, destino, turno, dia, salida }: VueloProgramado) => ({
  aerolinea: aerolinea.codigo,
  origen: origen.codigo,
  destino: destino.codigo,
  turno,
  dia,
  salida,
})

/** Lo que se compara del primero de cada orden. */
export const destacadosAJson = <M>({ mejor, barato, rapido }: Readonly<Record<Orden, ItinerarioOfrecido>>, moneda: M) => {
  const resumir = ({ total, duracion }: ItinerarioOfrecido) => ({ total, moneda, duracion_minutos: duracion / MINUTO_MS })
  return { mejor: resumir(mejor), barato: resumir(barato), rapido: resumir(rapido) }
}

/** La oferta firmada de un itinerario hallado. */
export const ofertaAJson = (
  { odos, total, duracion, escalas }: ItinerarioOfrecido,
  { viajeros, clase, moneda, ahora: emitida }: ParametroBusca,
  { ofertas, horas }: Readonly<{ ofertas: Ofertas; horas: Horas }>,
): OfertaJson => {
  const precio = odos.map((odo) => odo.precio).reduce(sumar_precios)
  const vuelos = odos.flatMap(({ opcion }) => opcion)
  const id_oferta = ofertas.firmar({ emitida, clase, moneda, viajeros, total, odos: odos.map(({ opcion }) => opcion.map(referencia)) })
  return {
    id_oferta,
    vence: aTexto(vence_en({ emitida })),
    clase,
    asientos: Math.min(...odos.map(({ asientos }) => asientos)),
    precio: { ...precio, por_pasajero: [...precio.por_pasajero] },
    condiciones: condiciones_de(
      vuelos.map(({ aerolinea }) => aerolinea),
      { clase, viajeros, moneda },
    ),
    duracion_minutos: duracion / MINUTO_MS,
    escalas,
    odos: odos.map((odo) => odoAJson(odo, horas)),
  }
}
