import { conflicto, type ErrorDominio, noEncontrado } from 'seedwork/dominio/errores.ts'

/** No existe, o no es de quien pregunta. */
export const reservaNoEncontrada = (id: string): ErrorDominio =>
  noEncontrado('reserva_no_encontrada', { es: `No existe la reserva ${id}`, en: `There is no reservation ${id}` })

/** Otra decisión se guardó entre la lectura y esta escritura: vale la pena leer y decidir de nuevo. */
export const reservaCambiada = (id: string): ErrorDominio =>
  conflicto('reserva_cambiada', { es: `La reserva ${id} cambió mientras se decidía`, en: `Reservation ${id} changed in the meantime` }, 1)
