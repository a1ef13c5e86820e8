import type { Texto } from 'seedwork/dominio/errores.ts'

/** Por qué se cancela una reserva, cuando lo dice el sistema. La reserva guarda la frase en español. */
export const A_PEDIDO_DEL_VIAJERO: Texto = { es: 'Cancelada a pedido del viajero', en: 'Cancelled at the traveller’s request' }

/** Las respuestas con que la aerolínea simulada rechaza. */
export const RECHAZOS: readonly [Texto, ...Texto[]] = [
  {
    es: 'La aerolínea no confirmó los asientos: la cabina se llenó. No se cobró nada',
    en: 'The airline did not confirm the seats: the cabin filled up. Nothing was charged',
  },
  {
    es: 'La aerolínea cambió ese vuelo y ya no lo vende con estas condiciones. No se cobró nada',
    en: 'The airline changed that flight and no longer sells it under these conditions. Nothing was charged',
  },
  {
    es: 'La aerolínea no respondió a tiempo y soltó los asientos. No se cobró nada',
    en: 'The airline did not answer in time and released the seats. Nothing was charged',
  },
]

export const MOTIVOS: readonly Texto[] = [A_PEDIDO_DEL_VIAJERO, ...RECHAZOS]
