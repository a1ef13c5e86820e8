import type { Texto } from 'seedwork/dominio/errores.ts'

export type Idioma = keyof Texto

/** Los hechos de una reserva que su viajero recibe por correo. */
export type Hecho = 'ReservaCreada' | 'ReservaAprobada' | 'ReservaPagada' | 'ReservaCancelada'

type DeHecho = Readonly<{ estado: string; titulo: string; asunto: (ruta: string) => string; texto: string }>

/** Todo lo que un correo dice, en un idioma. */
export type Textos = Readonly<{
  hechos: Readonly<Record<Hecho, DeHecho>>
  saludo: (nombre: string) => string
  localizador: string
  total: string
  base: string
  impuestos: string
  pasajeros: string
  precio: string
  condiciones: string
  vuelo: string
  escala: (lugar: string, tiempo: string) => string
  otroDia: (dias: number) => string
  tipos: Readonly<Record<string, string>>
  clases: Readonly<Record<string, string>>
  reembolso: (porcentaje: number, penalidad: string | null) => string
  sinReembolso: string
  cambios: string
  sinCambios: string
  motivo: (motivo: string) => string
  seDevuelve: string
  sinCobro: string
  horaLocal: (desfase: string) => string
  verReserva: string
  referencia: (id: string) => string
  automatico: string
}>

const es: Textos = {
  hechos: {
    ReservaCreada: {
      estado: 'Reservada',
      titulo: 'Tu reserva quedó guardada',
      asunto: (ruta) => `Tu reserva quedó guardada: ${ruta}`,
      texto: 'Guardamos tus asientos y ya se los pedimos a la aerolínea. Te escribimos en cuanto responda; no tienes que hacer nada.',
    },
    ReservaAprobada: {
      estado: 'Aprobada',
      titulo: 'La aerolínea confirmó tus asientos',
      asunto: (ruta) => `Asientos confirmados, falta pagar: ${ruta}`,
      texto: 'Sólo falta el pago. Aún no te hemos cobrado nada: págala desde la página de tu reserva.',
    },
    ReservaPagada: {
      estado: 'Pagada',
      titulo: '¡Listo, ya tienes tu viaje!',
      asunto: (ruta) => `Viaje pagado: ${ruta}`,
      texto: 'Recibimos tu pago. Guarda el localizador: es lo que te pedirán en el aeropuerto.',
    },
    ReservaCancelada: {
      estado: 'Cancelada',
      titulo: 'Tu reserva quedó cancelada',
      asunto: (ruta) => `Reserva cancelada: ${ruta}`,
      texto: 'Los vuelos de abajo ya no están a tu nombre. Si los habías guardado en tu calendario, el adjunto los retira.',
    },
  },
  saludo: (nombre) => `Hola, ${nombre}:`,
  localizador: 'Localizador',
  total: 'Total',
  base: 'Tarifa',
  impuestos: 'Impuestos y tasas',
  pasajeros: 'Quiénes viajan',
  precio: 'Precio',
  condiciones: 'Condiciones',
  vuelo: 'Vuelo',
  escala: (lugar, tiempo) => `Escala en ${lugar}: ${tiempo}`,
  otroDia: (dias) => (dias < 0 ? 'llega el día anterior' : dias === 1 ? 'llega al día siguiente' : `llega ${dias} días después`),
  tipos: { ADULTO: 'Adulto', MENOR: 'Menor', INFANTE: 'Infante en brazos' },
  clases: { ECONOMICA: 'Económica', PREMIUM: 'Premium', EJECUTIVA: 'Ejecutiva', PRIMERA: 'Primera' },
  reembolso: (porcentaje, penalidad) =>
    `Si cancelas después de pagar, te devolvemos el ${porcentaje} %${penalidad === null ? '' : ` menos ${penalidad} de penalidad`}.`,
  sinReembolso: 'Si cancelas después de pagar, esta tarifa no tiene reembolso.',
  cambios: 'Admite cambios de fecha.',
  sinCambios: 'No admite cambios de fecha.',
  motivo: (motivo) => `Motivo: ${motivo}`,
  seDevuelve: 'Lo que pagaste se devuelve según las condiciones de tu tarifa, que están abajo.',
  sinCobro: 'No habías pagado: no te cobramos nada.',
  horaLocal: (desfase) => `hora local, ${desfase}`,
  verReserva: 'Ver mi reserva',
  referencia: (id) => `Si nos escribes, cita esta referencia: ${id}`,
  automatico: 'Este correo sale solo y nadie lee sus respuestas.',
}

const en: Textos = {
  hechos: {
    ReservaCreada: {
      estado: 'Booked',
      titulo: 'Your booking is saved',
      asunto: (ruta) => `Your booking is saved: ${ruta}`,
      texto:
        'We are holding your seats and have asked the airline for them. We will write as soon as it answers; you need not do anything.',
    },
    ReservaAprobada: {
      estado: 'Approved',
      titulo: 'The airline confirmed your seats',
      asunto: (ruta) => `Seats confirmed, payment pending: ${ruta}`,
      texto: 'Only the payment is left. We have not charged you anything yet: pay from your booking page.',
    },
    ReservaPagada: {
      estado: 'Paid',
      titulo: 'All set, the trip is yours!',
      asunto: (ruta) => `Trip paid: ${ruta}`,
      texto: 'We received your payment. Keep the locator: it is what they will ask for at the airport.',
    },
    ReservaCancelada: {
      estado: 'Cancelled',
      titulo: 'Your booking is cancelled',
      asunto: (ruta) => `Booking cancelled: ${ruta}`,
      texto: 'The flights below are no longer in your name. If you had added them to your calendar, the attachment removes them.',
    },
  },
  saludo: (nombre) => `Hello ${nombre},`,
  localizador: 'Locator',
  total: 'Total',
  base: 'Fare',
  impuestos: 'Taxes and fees',
  pasajeros: 'Who is travelling',
  precio: 'Price',
  condiciones: 'Conditions',
  vuelo: 'Flight',
  escala: (lugar, tiempo) => `Layover in ${lugar}: ${tiempo}`,
  otroDia: (dias) => (dias < 0 ? 'arrives the day before' : dias === 1 ? 'arrives the next day' : `arrives ${dias} days later`),
  tipos: { ADULTO: 'Adult', MENOR: 'Child', INFANTE: 'Lap infant' },
  clases: { ECONOMICA: 'Economy', PREMIUM: 'Premium', EJECUTIVA: 'Business', PRIMERA: 'First' },
  reembolso: (porcentaje, penalidad) =>
    `If you cancel after paying, we refund ${porcentaje}%${penalidad === null ? '' : ` minus a ${penalidad} fee`}.`,
  sinReembolso: 'If you cancel after paying, this fare is not refunded.',
  cambios: 'Date changes allowed.',
  sinCambios: 'No date changes.',
  motivo: (motivo) => `Reason: ${motivo}`,
  seDevuelve: 'What you paid is refunded according to the conditions of your fare, which are below.',
  sinCobro: 'You had not paid: we charged you nothing.',
  horaLocal: (desfase) => `local time, ${desfase}`,
  verReserva: 'View my booking',
  referencia: (id) => `If you write to us, quote this reference: ${id}`,
  automatico: 'This e-mail is sent automatically and nobody reads its replies.',
}

/** El catálogo: el tipo no deja que a un idioma le falte una frase. */
export const TEXTOS: Readonly<Record<Idioma, Textos>> = { es, en }
