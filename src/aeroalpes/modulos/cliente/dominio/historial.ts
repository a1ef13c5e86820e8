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
