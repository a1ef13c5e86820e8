import type { BusquedaItinerarios, ItinerariosHallados, Oferta } from '../gen/vuelos.ts'
import { deTexto } from './fechas.ts'
import { dicho } from './pedido.ts'
import { type CondicionesLeidas, condiciones, type OdoLeido, odo, type PrecioLeido, precio } from './reserva.ts'

type OfertaLeida = Pick<Oferta, 'id_oferta' | 'clase' | 'asientos' | 'duracion_minutos' | 'escalas'> &
  Readonly<{ vence: string; precio: PrecioLeido; condiciones: CondicionesLeidas; odos: readonly OdoLeido[] }>

/** Una página de la búsqueda, de la API. */
export type PaginaLeida = Readonly<{ itinerarios: readonly OfertaLeida[]; total: number; siguiente: string | null }>

/** Los parámetros que se dijeron, con sus nombres de HTTP. */
export const busquedaAConsulta = ({ clase, orden, moneda, ...resto }: BusquedaItinerarios): string => {
  const dichos = { ...resto, clase: dicho(clase), orden: dicho(orden)?.toLowerCase(), moneda: dicho(moneda) }
  const pares = Object.entries(dichos).flatMap(([nombre, valor]): [string, string][] =>
    valor === undefined ? [] : [[nombre, String(valor)]],
  )
  return new URLSearchParams(pares).toString()
}

const ofertaDeJson = (leida: OfertaLeida): Oferta => ({
  id_oferta: leida.id_oferta,
  vence: deTexto(leida.vence),
  clase: leida.clase,
  asientos: leida.asientos,
  precio: precio(leida.precio),
  condiciones: condiciones(leida.condiciones),
  duracion_minutos: leida.duracion_minutos,
  escalas: leida.escalas,
  odos: leida.odos.map(odo),
})

export const hallazgosDeJson = ({ itinerarios, total, siguiente }: PaginaLeida): ItinerariosHallados => ({
  itinerarios: itinerarios.map(ofertaDeJson),
  total,
  siguiente: siguiente ?? undefined,
})
