import type { Lugar } from '../aeropuertos.ts'
import { type Dia, MINUTO_MS } from '../horas.ts'
import type { Aerolinea } from './aerolineas.ts'
import { salidas_de, type VueloProgramado } from './horarios.ts'
import { kilometros, type Red, vuela_entre } from './rutas.ts'

export const ESCALA_MINIMA_MS = 45 * MINUTO_MS
export const ESCALA_MAXIMA_MS = 240 * MINUTO_MS

/** Ir de un lugar a otro un día: un vuelo, o dos con una escala. */
export type Opcion = readonly [VueloProgramado, ...VueloProgramado[]]

type Pedido = Readonly<{ aerolinea: Aerolinea; origen: Lugar; destino: Lugar; dia: Dia }>

/** Nadie vuela a Tokio para ir a Lima: el rodeo tiene un límite. */
const vale_la_pena = ({ origen, destino }: Pedido, centro: Lugar): boolean =>
  kilometros(origen, centro) + kilometros(centro, destino) <= kilometros(origen, destino) * 1.6 + 1_200

/** Los días que marca el reloj de la escala mientras se puede tomar el segundo vuelo: uno, o dos si entre medio es medianoche. */
const diasDeConexion = ({ horas }: Red, { destino, llegada }: VueloProgramado): readonly Dia[] => {
  const primero = horas.aLocal(destino.zona, llegada + ESCALA_MINIMA_MS).dia
  const ultimo = horas.aLocal(destino.zona, llegada + ESCALA_MAXIMA_MS).dia
  return primero === ultimo ? [primero] : [primero, ultimo]
}

const conecta = (llega: VueloProgramado, sale: VueloProgramado): boolean => {
  const espera = sale.salida - llega.llegada
  return espera >= ESCALA_MINIMA_MS && espera <= ESCALA_MAXIMA_MS
}

const porCentro = (red: Red, pedido: Pedido, centro: Lugar): readonly Opcion[] => {
  const { aerolinea, origen, destino, dia } = pedido
  if (!vale_la_pena(pedido, centro) || !vuela_entre(red, aerolinea, centro, destino)) return []
  return salidas_de(red, { aerolinea, origen, destino: centro }, dia).flatMap((primero) =>
    diasDeConexion(red, primero)
      .flatMap((otro) => salidas_de(red, { aerolinea, origen: centro, destino }, otro))
      .filter((segundo) => conecta(primero, segundo))
      .map((segundo): Opcion => [primero, segundo]),
  )
}

/** Todo lo que la aerolínea ofrece para ese día: sus vuelos directos y los que conectan en uno de sus centros. */
export const opciones_de = (red: Red, pedido: Pedido): readonly Opcion[] => {
  const { aerolinea, origen, destino, dia } = pedido
  const directos = salidas_de(red, { aerolinea, origen, destino }, dia).map((vuelo): Opcion => [vuelo])
  const centros = aerolinea.centros.flatMap((codigo) => red.aeropuertos.porCodigo(codigo) ?? [])
  const otros = centros.filter(({ codigo }) => codigo !== origen.codigo && codigo !== destino.codigo)
  return [...directos, ...otros.flatMap((centro) => porCentro(red, pedido, centro))]
}
