import { consultas } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Migraciones } from 'seedwork/infraestructura/almacen/migraciones.ts'
import type { Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import { type Sumada, sumaDe } from 'seedwork/infraestructura/almacen/suma.ts'
import type { BuscarHistorial } from '../aplicacion/obtener_historial.ts'
import type { CambioReserva, HistorialReserva } from '../dominio/historial.ts'

const consulta = consultas<{ historial_cliente: HistorialReserva & Sumada }>()
export const sumaHistorial = sumaDe<HistorialReserva>('historial_cliente', {
  id_cliente: true,
  id_reserva: true,
  estado: true,
  version: true,
  fecha: true,
})

/**
 * Deja en el historial del cliente lo que `cambio` dice de la reserva, si es más nuevo que lo que ya se sabía: uno repetido, o un mensaje
 * apartado que se libera tarde, no retrocede nada. Un invitado no tiene historial.
 */
export const anotarCambio = (tx: Tx, { id_cliente, ...cambio }: CambioReserva): void => {
  if (id_cliente !== null) tx.escribir(guardar, { id_cliente, ...cambio })
}

export const buscarHistorial: BuscarHistorial = async (lector, { id_cliente, tamano, despues_de }) =>
  (await lector.todas(listar, { id_cliente, tamano, despues_de: despues_de ?? 'g' })).map(sumaHistorial.exigir)

const listar = consulta((db, p: { id_cliente: string; despues_de: string; tamano: number }) =>
  db
    .selectFrom('historial_cliente')
    .selectAll()
    .where('id_cliente', '=', p.id_cliente)
    .where('id_reserva', '<', p.despues_de)
    .orderBy('id_reserva', 'desc')
    .limit(p.tamano),
)

/** Comparar aquí, y no después de leer lo guardado, ahorra un viaje y no deja a nadie meterse entre leer y escribir. */
const guardar = consulta((db, p: HistorialReserva, dialecto) =>
  db
    .insertInto('historial_cliente')
    .values({
      id_cliente: p.id_cliente,
      id_reserva: p.id_reserva,
      estado: p.estado,
      version: p.version,
      fecha: p.fecha,
      suma: sumaHistorial.columna(dialecto),
    })
    .onConflict((c) =>
      c
        .columns(['id_cliente', 'id_reserva'])
        .doUpdateSet({ estado: p.estado, version: p.version, fecha: p.fecha, suma: sumaHistorial.columna(dialecto) })
        .where('historial_cliente.version', '<', p.version),
    ),
)

export const migracionesCliente: Migraciones = {
  modulo: 'cliente',
  lista: [
    {
      nombre: 'historial',
      pasos: ({ schema }, { entero, agrupada }) => [
        schema
          .createTable('historial_cliente')
          .addColumn('id_cliente', 'text')
          .addColumn('id_reserva', 'text')
          .addColumn('estado', 'text', (c) => c.notNull())
          .addColumn('version', entero, (c) => c.notNull())
          .addColumn('fecha', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('historial_cliente_pk', ['id_cliente', 'id_reserva'])
          .modifyEnd(agrupada),
      ],
    },
    { nombre: 'suma', pasos: ({ schema }, { entero }) => [schema.alterTable('historial_cliente').addColumn('suma', entero)] },
  ],
}
