import type { Instante } from 'seedwork/dominio/instante.ts'
import type { Lugar } from './aeropuertos.ts'
import type { Dinero } from './dinero.ts'
import type { Dia } from './horas.ts'
import type { Clase } from './objetos_valor.ts'
import type { Precio, Viajeros } from './precio.ts'
import type { Opcion } from './red/conexiones.ts'
import type { RefVuelo, VueloProgramado } from './red/horarios.ts'

/** Un tramo que alguien quiere volar, y qué día, en hora del origen. */
export type OdoBuscado = Readonly<{ origen: Lugar; destino: Lugar; dia: Dia }>

/** Lo que se busca, sea cual sea la ruta. */
export type ParametroBusca = Readonly<{ viajeros: Viajeros; clase: Clase; moneda: Dinero['moneda']; ahora: Instante }>

/** `vendidos` es por llave de cabina. `emitida`, desde cuándo vale el precio: con él no cambia aunque pase la medianoche. */
export type PedidoDeCotizacion = Readonly<{
  viajeros: Viajeros
  clase: Clase
  moneda: Dinero['moneda']
  emitida: Instante
  vendidos: ReadonlyMap<string, number>
}>

/** `asientos` son los que quedan en la cabina más llena del camino. */
export type Cotizado = Readonly<{ precio: Precio; asientos: number; cabinas: readonly Readonly<{ llave: string; cupo: number }>[] }>

/** Quien vuela: una aerolínea de la red. */
export type Proveedor = Readonly<{
  codigo: string
  nombre: string
  /** Por cada odo pedido, las formas de volarlo con asientos de esa clase en el avión. Cuántos quedan lo dice el almacén. */
  obtener_itinerarios: (odos: readonly OdoBuscado[], parametros: Pick<ParametroBusca, 'clase'>) => readonly (readonly Opcion[])[]
  /** El vuelo que se nombró antes; `undefined` si ya no opera así. */
  obtener_vuelo: (vuelo: RefVuelo) => VueloProgramado | undefined
  /** Dónde se cuentan los asientos de esa opción. */
  llaves: (opcion: Opcion, clase: Clase) => readonly string[]
  /** Cuánto cuesta esa opción y cuántos asientos le quedan, con lo que se ha vendido de cada cabina hasta ahora. */
  cotizar: (opcion: Opcion, pedido: PedidoDeCotizacion) => Cotizado
}>
