import type { Texto } from 'seedwork/dominio/errores.ts'
import { aTexto, type Instante } from 'seedwork/dominio/instante.ts'
import type { Reserva } from '../dominio/entidades.ts'
import { MOTIVOS } from '../dominio/motivos.ts'

export type Paso = 'recibida' | 'reservada' | 'aprobada' | 'pagada' | 'cancelada'
export type PasoDado = Readonly<{ paso: Paso; estado: 'hecho' | 'ahora' | 'por_venir'; fecha: string | null; detalle: Texto | null }>
export type Accion = 'pagar' | 'cancelar'

/** Lo que su dueño puede pedir ahora mismo. */
export const acciones_disponibles = ({ estado }: Reserva): readonly Accion[] => {
  switch (estado) {
    case 'APROBADA':
      return ['pagar', 'cancelar']
    case 'PENDIENTE':
    case 'PAGADA':
      return ['cancelar']
    case 'CANCELADA':
      return []
    default:
      return estado satisfies never
  }
}

const hecho = (paso: Paso, instante: Instante, detalle: Texto | null = null): PasoDado => ({
  paso,
  estado: 'hecho',
  fecha: aTexto(instante),
  detalle,
})
const ahora = (paso: Paso, detalle: Texto | null): PasoDado => ({ paso, estado: 'ahora', fecha: null, detalle })
const por_venir = (paso: Paso): PasoDado => ({ paso, estado: 'por_venir', fecha: null, detalle: null })

const ESPERA_AEROLINEA: Texto = { es: 'Esperamos la respuesta de la aerolínea.', en: 'We are waiting for the airline’s answer.' }
const ESPERA_PAGO: Texto = { es: 'La aerolínea la aprobó: ya se puede pagar.', en: 'The airline approved it: you can pay now.' }

/** El motivo en los dos idiomas, si es uno de los nuestros; el que escribió alguien se deja como está. */
const motivo_en_dos_idiomas = (motivo: string): Texto => MOTIVOS.find(({ es }) => es === motivo) ?? { es: motivo, en: motivo }

/** Los pasos de la reserva, los dados y los que faltan. Una cancelada cuenta hasta dónde llegó y por qué terminó. */
export const linea_de_tiempo = (r: Reserva): readonly PasoDado[] => {
  const inicio = [hecho('recibida', r.fecha_creacion), hecho('reservada', r.fecha_creacion)]
  switch (r.estado) {
    case 'PENDIENTE':
      return [...inicio, r.venta === undefined ? por_venir('aprobada') : ahora('aprobada', ESPERA_AEROLINEA), por_venir('pagada')]
    case 'APROBADA':
      return [...inicio, hecho('aprobada', r.aprobada_en), ahora('pagada', ESPERA_PAGO)]
    case 'PAGADA':
      return [...inicio, hecho('aprobada', r.aprobada_en), hecho('pagada', r.pagada_en)]
    case 'CANCELADA':
      return [
        ...inicio,
        ...(r.aprobada_en === null ? [] : [hecho('aprobada', r.aprobada_en)]),
        ...(r.pagada_en === null ? [] : [hecho('pagada', r.pagada_en)]),
        hecho('cancelada', r.cancelada_en, motivo_en_dos_idiomas(r.motivo)),
      ]
    default:
      return r satisfies never
  }
}
