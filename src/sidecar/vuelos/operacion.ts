import type { EstadoOperacion, Operacion } from '../gen/vuelos.ts'
import { deTexto } from './fechas.ts'

type EstadoLeido = 'aceptada' | 'en_proceso' | 'completada' | 'fallida'

const ESTADOS: Readonly<Record<EstadoLeido, EstadoOperacion>> = {
  aceptada: 'ACEPTADA',
  en_proceso: 'EN_PROCESO',
  completada: 'COMPLETADA',
  fallida: 'FALLIDA',
}

/** De `GET /operaciones/{id}`. */
export type OperacionLeida = Readonly<{
  id: string
  comando: string
  estado: EstadoLeido
  id_reserva: string
  eventos: readonly string[]
  error: Readonly<{ codigo: string; error: string; detail: string }> | null
  fecha_creacion: string
  fecha_actualizacion: string
}>

/** De un 202. */
export type AceptadaLeida = Readonly<{ id_operacion: string; id_reserva: string; estado: EstadoLeido }>

export const terminada = ({ estado }: OperacionLeida): boolean => estado === 'completada' || estado === 'fallida'

export const operacionDeJson = (leida: OperacionLeida): Operacion => ({
  id: leida.id,
  comando: leida.comando,
  estado: ESTADOS[leida.estado],
  id_reserva: leida.id_reserva,
  eventos: [...leida.eventos],
  error: leida.error === null ? undefined : { codigo: leida.error.codigo, error: leida.error.error, detalle: leida.error.detail },
  fecha_creacion: deTexto(leida.fecha_creacion),
  fecha_actualizacion: deTexto(leida.fecha_actualizacion),
})

/** La operación de un comando recién aceptado. */
export const operacionAceptada = (comando: string, { id_operacion, id_reserva, estado }: AceptadaLeida): Operacion => ({
  id: id_operacion,
  comando,
  estado: ESTADOS[estado],
  id_reserva,
  eventos: [],
})
