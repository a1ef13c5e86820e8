import type { Instante } from 'seedwork/dominio/instante.ts'

/** Lo último que el cliente sabe de una de sus reservas. `estado` es la palabra de vuelos: aquí se muestra, no se decide con ella. */
export type HistorialReserva = Readonly<{
  id_cliente: string
  id_reserva: string
  estado: string
  /** La versión de la reserva que cuenta esta línea. */
  version: number
  /** Cuándo ocurrió lo que cuenta. */
  fecha: Instante
}>

/** Un evento de `eventos-reserva`, visto desde el cliente. Los invitados no tienen `id_cliente`. */
export type CambioReserva = Readonly<Omit<HistorialReserva, 'id_cliente'> & { id_cliente: string | null }>

/**
 * La línea que queda después de `cambio`. Uno repetido o más viejo que lo ya sabido devuelve la misma `actual`, de modo que un mensaje
 * apartado que se libera tarde no retrocede nada. Un invitado no tiene historial: `undefined`.
 */
export const aplicarCambio = (actual: HistorialReserva | undefined, cambio: CambioReserva): HistorialReserva | undefined => {
  const { id_cliente, id_reserva, estado, version, fecha } = cambio
  if (id_cliente === null || (actual !== undefined && version <= actual.version)) return actual
  return { id_cliente, id_reserva, estado, version, fecha }
}
