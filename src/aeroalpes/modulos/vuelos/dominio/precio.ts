import type { Instante } from 'seedwork/dominio/instante.ts'
import type { Moneda } from './dinero.ts'
import type { TipoPasajero } from './objetos_valor.ts'
import { type Cabina, tarifa_de } from './red/tarifas.ts'

/** Cuántos viajan de cada tipo. Un infante va en brazos: no ocupa asiento. */
export type Viajeros = Readonly<{ adultos: number; menores: number; infantes: number }>

/** Todo en unidades menores de la moneda. `total` = `base` + `impuestos` = la suma de cantidad por unitario. */
export type Precio = Readonly<{
  moneda: Moneda
  total: number
  base: number
  impuestos: number
  por_pasajero: readonly Readonly<{ tipo: TipoPasajero; cantidad: number; unitario: number }>[]
}>

/** Qué se devuelve al cancelar lo pagado: ese porcentaje menos la penalidad (unidades menores, de toda la compra). */
export type Condiciones = Readonly<{ reembolso_porcentaje: number; penalidad: number; cambios: boolean }>

export const asientos_de = ({ adultos, menores }: Viajeros): number => adultos + menores
export const cuantos_viajan = ({ adultos, menores, infantes }: Viajeros): number => adultos + menores + infantes

const porTipo = ({ adultos, menores, infantes }: Viajeros): readonly Readonly<{ tipo: TipoPasajero; cantidad: number }>[] =>
  (
    [
      { tipo: 'ADULTO', cantidad: adultos },
      { tipo: 'MENOR', cantidad: menores },
      { tipo: 'INFANTE', cantidad: infantes },
    ] as const
  ).filter(({ cantidad }) => cantidad > 0)

export type Cotizacion = Readonly<{ semilla: number; emitida: Instante; moneda: Moneda; viajeros: Viajeros }>

/** El precio de volar esas cabinas, una tras otra, para todos los viajeros. Con más de una hay conexión, que abarata. */
export const precio_de = (cabinas: readonly Cabina[], { viajeros, ...cotizacion }: Cotizacion): Precio => {
  const compra = { ...cotizacion, conConexion: cabinas.length > 1 }
  const por = porTipo(viajeros).map(({ tipo, cantidad }) => {
    const tarifas = cabinas.map((cabina) => tarifa_de(cabina, tipo, compra))
    const base = tarifas.reduce((suma, tarifa) => suma + tarifa.base, 0)
    return { tipo, cantidad, base, unitario: tarifas.reduce((suma, tarifa) => suma + tarifa.impuestos, base) }
  })
  const base = por.reduce((suma, { cantidad, base: una }) => suma + cantidad * una, 0)
  const total = por.reduce((suma, { cantidad, unitario }) => suma + cantidad * unitario, 0)
  return {
    moneda: cotizacion.moneda,
    total,
    base,
    impuestos: total - base,
    por_pasajero: por.map(({ tipo, cantidad, unitario }) => ({ tipo, cantidad, unitario })),
  }
}

/** El precio de dos partes del mismo viaje, para los mismos viajeros y en la misma moneda. */
export const sumar_precios = (a: Precio, b: Precio): Precio => ({
  moneda: a.moneda,
  total: a.total + b.total,
  base: a.base + b.base,
  impuestos: a.impuestos + b.impuestos,
  por_pasajero: a.por_pasajero.map((uno, i) => ({ ...uno, unitario: uno.unitario + (b.por_pasajero[i]?.unitario ?? 0) })),
})
