import { query, type Respondedor } from 'seedwork/aplicacion/mensajes.ts'
import type { Instante } from 'seedwork/dominio/instante.ts'
import type { Reloj } from 'seedwork/infraestructura/puertos.ts'
import Type from 'typebox'
import { type Liquidacion, liquidar } from '../../dominio/condiciones.ts'
import { cancelar, type Reserva } from '../../dominio/entidades.ts'
import { reservaNoEncontrada } from '../../dominio/excepciones.ts'
import { MINUTO_MS } from '../../dominio/horas.ts'
import { fecha_salida } from '../../dominio/objetos_valor.ts'
import { exigirVisible } from '../propiedad.ts'
import { DineroJson } from '../reserva_json.ts'
import type { BuscarReserva } from './obtener_reserva.ts'

export const CotizacionJson = Type.Object({
  id_reserva: Type.String(),
  reembolso: DineroJson,
  penalidad: DineroJson,
  vence: Type.String({ description: 'Hasta cuándo vale lo que dice.' }),
})

export type Cotizacion = Liquidacion & Readonly<{ id_reserva: string; vence: Instante }>

/** Qué pasaría con el dinero si se cancela ahora. No cambia nada. Lanza `TransicionValida` si ya está cancelada. */
export const CotizarCancelacion = query<Readonly<{ id: string }>, Cotizacion>()('CotizarCancelacion')

const VIGENCIA_MS = 15 * MINUTO_MS

export const cotizarCancelacion =
  ({ buscar, reloj }: Readonly<{ buscar: BuscarReserva; reloj: Reloj }>): Respondedor<typeof CotizarCancelacion> =>
  async ({ lector, origen }, { id }) => {
    const reserva = await buscar(lector, id)
    if (reserva === undefined) throw reservaNoEncontrada(id)
    exigirVisible(reserva, origen.actor)
    return cotizar(reserva, reloj.ahora())
  }

const cotizar = (reserva: Reserva, ahora: Instante): Cotizacion => {
  cancelar(reserva, ahora, '')
  const salida = Math.min(...reserva.itinerarios.flatMap(({ odos }) => odos.map(fecha_salida)))
  const vigente = ahora + VIGENCIA_MS
  const vence = salida > ahora ? Math.min(vigente, salida) : vigente
  if (reserva.venta === undefined) return { id_reserva: reserva.id, reembolso: NADA, penalidad: NADA, vence }
  return { id_reserva: reserva.id, ...liquidar(reserva.venta, { pagada: reserva.estado === 'PAGADA', salida, ahora }), vence }
}

/** Una reserva sin precio no devuelve ni pierde nada. */
const NADA = { moneda: 'COP', total: 0 } as const
