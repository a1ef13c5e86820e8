import type { ParaCorreo } from '../correo/contenido.ts'
import type { ContactoLeido, LegLeido, ReservaLeida } from '../reserva.ts'

type DeCorreo = ParaCorreo & Readonly<{ remitente: { nombre: string; correo: string } }>

const BOGOTA = { codigo: 'BOG', nombre: 'El Dorado', ciudad: 'Bogotá', zona: 'America/Bogota' }
const PANAMA = { codigo: 'PTY', nombre: 'Tocumen', ciudad: 'Ciudad de Panamá', zona: 'America/Panama' }
const MADRID = { codigo: 'MAD', nombre: 'Adolfo Suárez Madrid–Barajas', ciudad: 'Madrid', zona: 'Europe/Madrid' }

const leg = (datos: Pick<LegLeido, 'vuelo' | 'origen' | 'destino' | 'fecha_salida' | 'fecha_llegada'> & Partial<LegLeido>): LegLeido => ({
  aerolinea: { codigo: 'YR', nombre: 'Yarumo Aéreo' },
  ...datos,
})

/** Ida con escala, que llega al otro día, y regreso directo. */
const IDA: readonly LegLeido[] = [
  leg({
    vuelo: 'YR 709',
    origen: BOGOTA,
    destino: PANAMA,
    fecha_salida: '2027-01-02T22:00:00Z',
    fecha_llegada: '2027-01-02T23:40:00Z',
    salida_local: '2027-01-02T17:00',
    llegada_local: '2027-01-02T18:40',
  }),
  leg({
    vuelo: 'YR 12',
    origen: PANAMA,
    destino: MADRID,
    fecha_salida: '2027-01-03T01:45:00Z',
    fecha_llegada: '2027-01-03T11:20:00Z',
    salida_local: '2027-01-02T20:45',
    llegada_local: '2027-01-03T12:20',
  }),
]
const REGRESO: readonly LegLeido[] = [
  leg({
    vuelo: 'AN 7038',
    aerolinea: { codigo: 'AN', nombre: 'Andarí' },
    origen: MADRID,
    destino: BOGOTA,
    fecha_salida: '2027-01-12T14:10:00Z',
    fecha_llegada: '2027-01-13T00:30:00Z',
    salida_local: '2027-01-12T15:10',
    llegada_local: '2027-01-12T19:30',
  }),
]

const PASOS = ['recibida', 'reservada', 'aprobada', 'pagada'] as const

/** Una reserva de oferta, como la responde la API. */
export const unaReserva = (cambios: Partial<ReservaLeida> = {}): ReservaLeida => ({
  id: '01a2091d-fe35-7e86-91d8-8600fad69b89',
  localizador: 'KQFRWD',
  precio: { moneda: 'COP', total: 1_323_980_000, base: 1_161_140_000, impuestos: 162_840_000 },
  condiciones: { reembolso_porcentaje: 80, penalidad: 14_350_000, cambios: true },
  itinerarios: [{ odos: [{ segmentos: [{ legs: [...IDA] }, { legs: [...REGRESO] }] }] }],
  pasajeros: [
    { nombre: 'Ana', apellido: 'Ríos', tipo: 'ADULTO', clase: 'ECONOMICA' },
    { nombre: 'Sol', apellido: 'Ríos', tipo: 'MENOR', clase: 'ECONOMICA' },
  ],
  linea_de_tiempo: PASOS.map((paso, i) => ({ paso, estado: i < 2 ? 'hecho' : 'por_venir', detalle: null })),
  ...cambios,
})

export const unContacto = (cambios: Partial<ContactoLeido> = {}): ContactoLeido => ({
  nombre: 'Ana Ríos',
  correo: 'ana@example.com',
  idioma: 'es',
  ...cambios,
})

/** Lo que hace falta para escribir un correo. */
export const paraCorreo = (cambios: Partial<DeCorreo> = {}): DeCorreo => ({
  reserva: unaReserva(),
  evento: {
    id: '01a2091e-0979-7e50-bffd-555412c3cae3',
    tipo: 'ReservaCreada',
    version: 1,
    instante: Date.UTC(2026, 10, 23, 15, 54),
    motivo: null,
  },
  contacto: unContacto(),
  pagina: 'http://127.0.0.1:5678',
  remitente: { nombre: 'AeroAlpes', correo: 'reservas@aeroalpes.example' },
  ...cambios,
})

export const hechoDe = (tipo: DeCorreo['evento']['tipo'], version: number, motivo: string | null = null): DeCorreo['evento'] => ({
  ...paraCorreo().evento,
  tipo,
  version,
  motivo,
})

/** Con el paso `pagada` hecho y, si se pide, cancelada después. */
export const pagada = (cancelada?: Readonly<{ es: string; en: string }>): ReservaLeida =>
  unaReserva({
    linea_de_tiempo: [
      ...PASOS.map((paso) => ({ paso, estado: 'hecho', detalle: null })),
      ...(cancelada === undefined ? [] : [{ paso: 'cancelada', estado: 'hecho', detalle: cancelada }]),
    ],
  })
