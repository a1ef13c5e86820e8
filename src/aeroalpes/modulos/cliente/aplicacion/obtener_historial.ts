import { query, type Respondedor } from 'seedwork/aplicacion/mensajes.ts'
import type { Lector } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { HistorialReserva } from '../dominio/historial.ts'

export type PaginaDeHistorial = Readonly<{ tamano: number; despues_de: string | null }>

/** El historial de quien pregunta, por reserva, las más nuevas primero. Un invitado no tiene. */
export const ObtenerHistorial = query<PaginaDeHistorial, readonly HistorialReserva[]>()('ObtenerHistorial')
export type QueryCliente = typeof ObtenerHistorial

export type BuscarHistorial = (
  lector: Lector,
  busqueda: PaginaDeHistorial & Readonly<{ id_cliente: string }>,
) => Promise<readonly HistorialReserva[]>

export const obtenerHistorial =
  (buscar: BuscarHistorial): Respondedor<typeof ObtenerHistorial> =>
  async ({ lector, origen: { actor } }, pagina) =>
    actor.rol === 'viajero' ? buscar(lector, { ...pagina, id_cliente: actor.id }) : []
