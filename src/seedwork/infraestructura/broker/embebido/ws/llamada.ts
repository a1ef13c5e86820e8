import type { RegistroEsquemas } from '../../../mensajes/esquemas.ts'
import { nombresDe } from './direccion.ts'
import type { PartesWs } from './partes.ts'

export type ContextoDeAdmin = Readonly<{
  partes: PartesWs
  esquemas: RegistroEsquemas
  /** Los enchufes que ahora mismo atienden una suscripción: se les puede quitar lo que tienen y volver a unirlos. */
  deSuscripcion: (topico: string, suscripcion: string) => readonly Readonly<{ soltar: () => Promise<void>; unirse: () => Promise<void> }>[]
}>

/** Lo que se pide: los trozos variables de la dirección y el cuerpo. */
export type Llamada = Readonly<{ nombres: readonly string[]; cuerpo: string }>
/** Un texto va tal cual; lo demás, en JSON. */
export type Respuesta = Readonly<{ estado: number; cuerpo?: unknown }>

export const HECHO: Respuesta = { estado: 204 }

export const topicoDe = ({ nombres }: Llamada): string => nombresDe(nombres)[0] ?? ''

export const cualDe = ({ nombres }: Llamada): Readonly<{ topico: string; nombre: string }> => {
  const [topico = '', nombre = ''] = nombresDe(nombres)
  return { topico, nombre }
}
