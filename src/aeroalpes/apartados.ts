import { aTexto } from 'seedwork/dominio/instante.ts'
import type { Apartado } from 'seedwork/infraestructura/broker/puerto.ts'
import Type, { type Static } from 'typebox'

/** Un mensaje apartado, como lo ven la API y la línea de comandos. */
export const ApartadoJson = Type.Object({
  id: Type.String(),
  topico: Type.String(),
  suscripcion: Type.String(),
  llave: Type.Union([Type.String(), Type.Null()]),
  tipo: Type.String(),
  codigo: Type.String(),
  causa: Type.String(),
  intentos: Type.Integer(),
  apartado: Type.String(),
})
export type ApartadoJson = Static<typeof ApartadoJson>

export const apartadoAJson = ({ mensaje, topico, suscripcion, causa, intentos, instante }: Apartado): ApartadoJson => ({
  id: mensaje.id,
  topico,
  suscripcion,
  llave: mensaje.llave,
  tipo: mensaje.propiedades.type ?? '',
  codigo: causa.codigo,
  causa: causa.mensaje,
  intentos,
  apartado: aTexto(instante),
})
