// Generado de los tópicos que publica src/aeroalpes: no se edita, se rehace con `npm run check -- --escribir`.
// Es lo que otro servicio necesita para leerlos; el esquema de cada uno está en avro/<tópico>.avsc.
import { readFileSync } from 'node:fs'

const contrato =
  <V>() =>
  <const T extends string>(nombre: string, dataschema: string, tipos: readonly T[]) => ({
    nombre,
    dataschema,
    tipos,
    esquema: JSON.parse(readFileSync(new URL(`avro/${nombre}.avsc`, import.meta.url), 'utf8')),
    _valor: undefined as V | undefined,
  })

export type ReservaCreadaPayload = Readonly<{
  id_reserva: string | null
  id_cliente: string | null
  estado: string | null
  fecha_creacion: number | null
  version: number | null
  fecha_actualizacion: number | null
  motivo: string | null
  de_oferta: boolean | null
}>

export type EventoReservaCreada = Readonly<{
  data: ReservaCreadaPayload | null
  id: string | null
  time: number | null
  ingestion: number | null
  specversion: string | null
  type: string | null
  datacontenttype: string | null
  service_name: string | null
}>

export type ComandoCrearReservaPayload = Readonly<{
  id_usuario: string | null
}>

export type AeropuertoDatos = Readonly<{
  codigo: string | null
  nombre: string | null
}>

export type LegDatos = Readonly<{
  fecha_salida: number | null
  fecha_llegada: number | null
  origen: AeropuertoDatos | null
  destino: AeropuertoDatos | null
}>

export type SegmentoDatos = Readonly<{
  legs: readonly (LegDatos)[] | null
}>

export type OdoDatos = Readonly<{
  segmentos: readonly (SegmentoDatos)[] | null
}>

export type ItinerarioDatos = Readonly<{
  odos: readonly (OdoDatos)[] | null
}>

export type PasajeroDatos = Readonly<{
  nombre: string | null
  tipo: string | null
  clase: string | null
  apellido: string | null
}>

export type ContactoDatos = Readonly<{
  nombre: string | null
  correo: string | null
  idioma: string | null
}>

export type CrearReservaDatos = Readonly<{
  id_reserva: string | null
  itinerarios: readonly (ItinerarioDatos)[] | null
  pasajeros: readonly (PasajeroDatos)[] | null
  id_oferta: string | null
  contacto: ContactoDatos | null
}>

export type AprobarReservaDatos = Readonly<{
  id_reserva: string | null
}>

export type PagarReservaDatos = Readonly<{
  id_reserva: string | null
}>

export type CancelarReservaDatos = Readonly<{
  id_reserva: string | null
  motivo: string | null
}>

export type ComandoCrearReserva = Readonly<{
  data: ComandoCrearReservaPayload | null
  id: string | null
  time: number | null
  ingestion: number | null
  specversion: string | null
  type: string | null
  datacontenttype: string | null
  service_name: string | null
  crear_reserva: CrearReservaDatos | null
  aprobar_reserva: AprobarReservaDatos | null
  pagar_reserva: PagarReservaDatos | null
  cancelar_reserva: CancelarReservaDatos | null
}>

export type OperacionTerminada = Readonly<{
  id_operacion: string | null
  id_reserva: string | null
  actor: string | null
  propietario: string | null
  comando: string | null
  estado: string | null
  codigo: string | null
  error: string | null
}>

export type EventoOperacionTerminada = Readonly<{
  data: OperacionTerminada | null
  id: string | null
  time: number | null
  ingestion: number | null
  specversion: string | null
  type: string | null
  datacontenttype: string | null
  service_name: string | null
}>

export const eventosReserva = contrato<EventoReservaCreada>()('eventos-reserva', 'urn:aeroalpes:esquema:eventos-reserva:v1:fbe89c090b5ff855', ['ReservaCreada', 'ReservaAprobada', 'ReservaPagada', 'ReservaCancelada'])
export const comandosReserva = contrato<ComandoCrearReserva>()('comandos-reserva', 'urn:aeroalpes:esquema:comandos-reserva:v1:ac05dc123daf4c0f', ['CrearReserva', 'AprobarReserva', 'PagarReserva', 'CancelarReserva'])
export const eventosOperacion = contrato<EventoOperacionTerminada>()('eventos-operacion', 'urn:aeroalpes:esquema:eventos-operacion:v1:89a37f2ea2c50ca9', ['OperacionTerminada'])
