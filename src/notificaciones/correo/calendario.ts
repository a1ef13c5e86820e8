import { type LegLeido, viajesDe } from '../reserva.ts'
import type { ParaCorreo } from './contenido.ts'
import { ciudadDe, llegadaDe, salidaDe } from './formato.ts'
import { type Hecho, TEXTOS } from './textos.ts'

/** Un archivo iCalendar (RFC 5545 y 5546): un vuelo, en UTC. */
export type Calendario = Readonly<{ nombre: string; metodo: 'REQUEST' | 'CANCEL'; contenido: string }>

/** Quién manda los correos: nombre y dirección. */
export type Remitente = Readonly<{ nombre: string; correo: string }>

const ESTADOS: Readonly<Record<Hecho, string>> = {
  ReservaCreada: 'TENTATIVE',
  ReservaAprobada: 'CONFIRMED',
  ReservaPagada: 'CONFIRMED',
  ReservaCancelada: 'CANCELLED',
}

/**
 * Un calendario por vuelo: iTIP no admite dos UID en un mismo REQUEST. El UID de cada vuelo es siempre el mismo y SEQUENCE es la versión
 * de la reserva, así que cada correo reemplaza lo que dejó el anterior, y el de cancelación lo retira.
 */
export const calendariosDe = (datos: ParaCorreo & Readonly<{ remitente: Remitente }>): readonly Calendario[] =>
  viajesDe(datos.reserva)
    .flat()
    .map((leg, i) => ({
      nombre: `${nombreDe(leg, i)}.ics`,
      metodo: metodoDe(datos.evento.tipo),
      contenido: `${['BEGIN:VCALENDAR', ...lineas(datos, leg, i), 'END:VCALENDAR'].map(doblar).join('\r\n')}\r\n`,
    }))

const metodoDe = (tipo: Hecho): Calendario['metodo'] => (tipo === 'ReservaCancelada' ? 'CANCEL' : 'REQUEST')

const lineas = (
  { reserva, evento, contacto, pagina, remitente }: Parameters<typeof calendariosDe>[0],
  leg: LegLeido,
  i: number,
): readonly string[] => [
  'VERSION:2.0',
  'PRODID:-//AeroAlpes//Reservas//ES',
  'CALSCALE:GREGORIAN',
  `METHOD:${metodoDe(evento.tipo)}`,
  'BEGIN:VEVENT',
  `UID:vuelo-${i + 1}.${reserva.id}@${dominioDe(remitente.correo)}`,
  `SEQUENCE:${evento.version}`,
  `DTSTAMP:${enUtc(evento.instante)}`,
  `DTSTART:${enUtc(Date.parse(leg.fecha_salida))}`,
  `DTEND:${enUtc(Date.parse(leg.fecha_llegada))}`,
  `STATUS:${ESTADOS[evento.tipo]}`,
  `SUMMARY:${escapar([leg.vuelo, `${leg.origen.codigo} → ${leg.destino.codigo}`].filter((parte) => parte != null).join(' · '))}`,
  `LOCATION:${escapar(`${leg.origen.nombre ?? ciudadDe(leg.origen)} (${leg.origen.codigo})`)}`,
  `DESCRIPTION:${escapar(descripcion({ reserva, contacto, pagina }, leg))}`,
  `URL:${pagina}/reserva/${encodeURIComponent(reserva.id)}`,
  `ORGANIZER;CN=${parametro(remitente.nombre)}:mailto:${remitente.correo}`,
  `ATTENDEE;CN=${parametro(contacto.nombre)};PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:${contacto.correo}`,
  'TRANSP:OPAQUE',
  'END:VEVENT',
]

const descripcion = (
  { reserva, contacto: { idioma }, pagina }: Pick<ParaCorreo, 'reserva' | 'contacto' | 'pagina'>,
  leg: LegLeido,
): string => {
  const [salida, llegada] = [salidaDe(leg, idioma), llegadaDe(leg, idioma)]
  return [
    ...(reserva.localizador == null ? [] : [`${TEXTOS[idioma].localizador}: ${reserva.localizador}`]),
    `${leg.origen.codigo} ${salida.hora} ${salida.fecha} (${salida.zona})`,
    `${leg.destino.codigo} ${llegada.hora} ${llegada.fecha} (${llegada.zona})`,
    `${pagina}/reserva/${encodeURIComponent(reserva.id)}`,
  ].join('\n')
}

const nombreDe = ({ vuelo, origen, destino }: LegLeido, i: number): string =>
  [vuelo ?? `${i + 1}`, origen.codigo, destino.codigo].join('-').replaceAll(/[^A-Za-z0-9-]/g, '')

export const dominioDe = (correo: string): string => correo.slice(correo.lastIndexOf('@') + 1)

/** `20261210T131500Z` */
const enUtc = (instante: number): string => new Date(instante).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')

const escapar = (texto: string): string =>
  texto
    .replaceAll(/[\\;,]/g, (signo) => `\\${signo}`)
    .replaceAll(/\r?\n/g, '\\n')
    .replaceAll(CONTROLES, '')

/** En un parámetro no hay escapes: las comillas y los controles sobran. */
const parametro = (texto: string): string => `"${texto.replaceAll(/["\r\n]/g, ' ').replaceAll(CONTROLES, '')}"`

// biome-ignore lint/suspicious/noControlCharactersInRegex: son los que un calendario no admite
const CONTROLES = /[\u0000-\u0008\u000b-\u001f\u007f]/g

/** Ninguna línea pasa de 75 bytes: sigue en la próxima, tras un espacio, sin partir un carácter. */
const doblar = (linea: string): string => {
  const trozos: string[] = []
  let actual = ''
  for (const signo of linea) {
    if (Buffer.byteLength(actual + signo) > (trozos.length === 0 ? 75 : 74)) {
      trozos.push(actual)
      actual = ''
    }
    actual += signo
  }
  return [...trozos, actual].join('\r\n ')
}
