/** Pedidos de reserva en JSON, como los escribe un cliente. */

const INICIO = Date.UTC(2022, 10, 22, 13, 10)
const HORA_MS = 3_600_000

/** `2022-11-22T13:10:00Z` más tantas horas. */
export const hora = (horas: number): string => `${new Date(INICIO + horas * HORA_MS).toISOString().slice(0, 19)}Z`

export const unAeropuerto = (codigo: string) => ({ codigo, nombre: `${codigo} aeropuerto` })

/** `unLeg('BOG-MIA', 2)`: una hora de vuelo que sale dos horas después del inicio. */
export const unLeg = (ruta: `${string}-${string}` = 'BOG-JFK', horas = 0, cambios: object = {}) => {
  const [origen = '', destino = ''] = ruta.split('-')
  return {
    fecha_salida: hora(horas),
    fecha_llegada: hora(horas + 1),
    origen: unAeropuerto(origen),
    destino: unAeropuerto(destino),
    ...cambios,
  }
}

type LegJson = ReturnType<typeof unLeg>

/** Un itinerario de un odo con un segmento de esos legs; sin argumentos, BOG → JFK. */
export const unItinerario = <L extends object = LegJson>(...legs: L[]) => ({
  odos: [{ segmentos: [{ legs: legs.length > 0 ? legs : [unLeg()] }] }],
})

export const unPedido = (cambios: object = {}) => ({ itinerarios: [unItinerario()], ...cambios })

export const unPedidoDe = (...legs: object[]) => unPedido({ itinerarios: [unItinerario(...legs)] })

/** Un identificador bien formado que no es de nadie. */
export const ID_DE_NADIE = '00000000-0000-4000-8000-000000000000'
