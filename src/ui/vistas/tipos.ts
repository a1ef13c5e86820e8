export type { Correo, CorreoResumen } from '../web/buzon.ts'

/** Lo que la API responde, como lo usa la página. */
export type Lugar = Readonly<{ codigo: string; nombre: string | null; ciudad?: string | null; zona?: string | null }>
export type Aeropuerto = Readonly<{ codigo: string; nombre: string; ciudad: string; pais: string; zona: string }>
export type Dinero = Readonly<{ moneda: string; total: number }>
export type TipoPasajero = 'ADULTO' | 'MENOR' | 'INFANTE'
export type Precio = Dinero &
  Readonly<{
    base: number
    impuestos: number
    por_pasajero: readonly Readonly<{ tipo: TipoPasajero; cantidad: number; unitario: number }>[]
  }>
export type Condiciones = Readonly<{ reembolso_porcentaje: number; penalidad: number; cambios: boolean }>
export type Leg = Readonly<{
  vuelo?: string | null
  aerolinea?: Readonly<{ codigo: string; nombre: string }> | null
  origen: Lugar
  destino: Lugar
  fecha_salida: string
  fecha_llegada: string
  salida_local?: string | null
  llegada_local?: string | null
  dias_despues?: number
}>
export type Odo = Readonly<{ segmentos: readonly Readonly<{ legs: readonly Leg[] }>[] }>
export type OdoOfrecido = Odo &
  Readonly<{ origen: Lugar; destino: Lugar; duracion_minutos: number; conexiones: readonly Readonly<{ lugar: Lugar; minutos: number }>[] }>
export type Clase = 'ECONOMICA' | 'PREMIUM' | 'EJECUTIVA' | 'PRIMERA'
export type Oferta = Readonly<{
  id_oferta: string
  vence: string
  clase: Clase
  asientos: number
  precio: Precio
  condiciones: Condiciones
  duracion_minutos: number
  escalas: number
  odos: readonly OdoOfrecido[]
}>
type Destacado = Dinero & Readonly<{ duracion_minutos: number }>
/** El primero de cada orden; `null` si no hay ninguno. */
export type Destacados = Readonly<Record<'mejor' | 'barato' | 'rapido', Destacado>> | null
export type Resultados = Readonly<{ itinerarios: readonly Oferta[]; total: number; siguiente: string | null; destacados: Destacados }>
export type Estado = 'PENDIENTE' | 'APROBADA' | 'PAGADA' | 'CANCELADA'
export type Paso = Readonly<{
  paso: 'recibida' | 'reservada' | 'aprobada' | 'pagada' | 'cancelada'
  estado: 'hecho' | 'ahora' | 'por_venir'
  fecha: string | null
  detalle: Readonly<{ es: string; en: string }> | null
}>
export type Pasajero = Readonly<{ nombre: string | null; apellido?: string | null; tipo: TipoPasajero; clase: Clase }>
export type Reserva = Readonly<{
  id: string
  estado: Estado
  localizador?: string | null
  precio?: Precio | null
  condiciones?: Condiciones | null
  fecha_creacion: string
  itinerarios: readonly Readonly<{ odos: readonly Odo[] }>[]
  pasajeros: readonly Pasajero[]
  motivo?: string
  acciones_disponibles?: readonly ('pagar' | 'cancelar')[]
  linea_de_tiempo?: readonly Paso[]
}>
export type Operacion = Readonly<{
  id: string
  estado: 'aceptada' | 'en_proceso' | 'completada' | 'fallida'
  id_reserva: string
  error: Readonly<{ codigo: string; error: string; detail: string }> | null
}>
export type Aceptada = Readonly<{ id_operacion: string; id_reserva: string }>
export type Cotizacion = Readonly<{ reembolso: Dinero; penalidad: Dinero; vence: string }>
