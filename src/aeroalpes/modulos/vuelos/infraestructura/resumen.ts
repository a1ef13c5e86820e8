import type { Reaccion } from 'seedwork/aplicacion/mensajes.ts'
import type { EventoReserva } from '../dominio/eventos.ts'
import { consulta, type FilaResumen } from './tablas.ts'

/** Mantiene el modelo de lectura de las listas en la misma tx que la reserva: quien acaba de reservar la ve en su lista. */
export const resumirReserva: Reaccion<EventoReserva> = async ({ tx }, { data }) => {
  const { id_reserva: id, id_cliente, estado } = data
  await tx.ejecutar(guardar, { id, id_cliente, estado, por_pagar: estado === 'PENDIENTE' || estado === 'APROBADA' ? 1 : 0 })
}

const guardar = consulta((db, p: FilaResumen) =>
  db
    .insertInto('resumen_reservas')
    .values({ id: p.id, id_cliente: p.id_cliente, estado: p.estado, por_pagar: p.por_pagar })
    .onConflict((c) => c.column('id').doUpdateSet({ estado: p.estado, por_pagar: p.por_pagar })),
)
