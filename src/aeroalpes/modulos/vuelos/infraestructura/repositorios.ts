import { sql } from 'kysely'
import type { Reaccion } from 'seedwork/aplicacion/mensajes.ts'
import type { Sumada } from 'seedwork/infraestructura/almacen/suma.ts'
import type { Reserva } from '../dominio/entidades.ts'
import type { EventoReserva } from '../dominio/eventos.ts'
import { reservaCambiada, reservaNoEncontrada } from '../dominio/excepciones.ts'
import type { Reservas } from '../dominio/repositorios.ts'
import { consulta, type FilaReserva, type FilaResumen, sumaDeReserva } from './tablas.ts'

export const reservas: Reservas = {
  obtener: async (tx, id) => {
    const fila = await tx.una(paraCambiar, { id })
    if (fila === undefined) throw reservaNoEncontrada(id)
    return aReserva(fila)
  },
  agregar: async (tx, reserva) => tx.escribir(insertar, aFila(reserva)),
  actualizar: async (tx, reserva) => {
    const tocadas = await tx.ejecutar(cambiar, { ...aFila(reserva), anterior: reserva.version - 1 })
    if (tocadas !== 1) throw reservaCambiada(reserva.id)
  },
  por_localizador: async (lector, localizador) => {
    const fila = await lector.una(porLocalizador, { localizador })
    return fila && aReserva(fila)
  },
  desde_localizador: async (lector, localizador) => {
    const fila = (await lector.una(desdeLocalizador, { localizador })) ?? (await lector.una(desdeLocalizador, { localizador: '' }))
    return fila && aReserva(fila)
  },
}

/** La fila de una reserva: las fechas que su estado no tiene van en null. */
const aFila = (reserva: Reserva): FilaReserva => ({
  id: reserva.id,
  version: reserva.version,
  estado: reserva.estado,
  id_cliente: reserva.id_cliente,
  itinerarios: JSON.stringify(reserva.itinerarios),
  pasajeros: JSON.stringify(reserva.pasajeros),
  fecha_creacion: reserva.fecha_creacion,
  fecha_actualizacion: reserva.fecha_actualizacion,
  aprobada_en: 'aprobada_en' in reserva ? reserva.aprobada_en : null,
  pagada_en: 'pagada_en' in reserva ? reserva.pagada_en : null,
  cancelada_en: 'cancelada_en' in reserva ? reserva.cancelada_en : null,
  motivo: 'motivo' in reserva ? reserva.motivo : null,
  venta: reserva.venta === undefined ? null : JSON.stringify(reserva.venta),
  localizador: reserva.venta?.localizador ?? null,
})

/** La reserva de una fila, con los campos de su estado y ninguno más. */
export const aReserva = (leida: FilaReserva & Sumada): Reserva => {
  const fila = sumaDeReserva.exigir(leida)
  const comun = {
    id: fila.id,
    version: fila.version,
    id_cliente: fila.id_cliente,
    itinerarios: JSON.parse(fila.itinerarios),
    pasajeros: JSON.parse(fila.pasajeros),
    ...(fila.venta !== null && { venta: JSON.parse(fila.venta) }),
    fecha_creacion: fila.fecha_creacion,
    fecha_actualizacion: fila.fecha_actualizacion,
  }
  const { estado, aprobada_en, pagada_en, cancelada_en, motivo } = fila
  switch (estado) {
    case 'PENDIENTE':
      return { ...comun, estado }
    case 'APROBADA':
      return { ...comun, estado, aprobada_en: guardado(aprobada_en) }
    case 'PAGADA':
      return { ...comun, estado, aprobada_en: guardado(aprobada_en), pagada_en: guardado(pagada_en) }
    case 'CANCELADA':
      return { ...comun, estado, aprobada_en, pagada_en, cancelada_en: guardado(cancelada_en), motivo: guardado(motivo) }
    default:
      return estado satisfies never
  }
}

const guardado = <T>(valor: T | null): T => {
  if (valor === null) throw new Error('A una reserva guardada le falta un dato de su estado.')
  return valor
}

export const porId = consulta((db, p: { id: string }) => db.selectFrom('reservas').selectAll().where('id', '=', p.id))

/**
 * Con el candado pesimista del ejercicio del tutorial (`SELECT … FOR UPDATE`): el segundo comando sobre una reserva espera al primero y
 * decide sobre lo que dejó. En SQLite no hace falta, porque las unidades van una tras otra. La versión se compara igual al guardar.
 */
const paraCambiar = consulta((db, p: { id: string }, dialecto) => {
  const una = db.selectFrom('reservas').selectAll().where('id', '=', p.id)
  return dialecto === 'postgres' ? una.forUpdate() : una
})

const porLocalizador = consulta((db, p: { localizador: string }) =>
  db.selectFrom('reservas').selectAll().where('localizador', '=', p.localizador),
)

const desdeLocalizador = consulta((db, p: { localizador: string }) =>
  db.selectFrom('reservas').selectAll().where('localizador', '>=', p.localizador).orderBy('localizador').limit(1),
)

const insertar = consulta((db, p: FilaReserva, dialecto) =>
  db.insertInto('reservas').values({
    id: p.id,
    version: p.version,
    estado: p.estado,
    id_cliente: p.id_cliente,
    itinerarios: p.itinerarios,
    pasajeros: p.pasajeros,
    fecha_creacion: p.fecha_creacion,
    fecha_actualizacion: p.fecha_actualizacion,
    aprobada_en: p.aprobada_en,
    pagada_en: p.pagada_en,
    cancelada_en: p.cancelada_en,
    motivo: p.motivo,
    venta: p.venta,
    localizador: p.localizador,
    suma: sumaDeReserva.columna(dialecto),
  }),
)

/**
 * Sólo cambia lo que una decisión puede cambiar, y sólo si nadie decidió entre medio. A una de antes de las sumas no se le pone: no se
 * sabe si lo que ya tenía está sano.
 */
const cambiar = consulta((db, p: FilaReserva & { anterior: number }, dialecto) =>
  db
    .updateTable('reservas')
    .set({
      version: p.version,
      estado: p.estado,
      fecha_actualizacion: p.fecha_actualizacion,
      aprobada_en: p.aprobada_en,
      pagada_en: p.pagada_en,
      cancelada_en: p.cancelada_en,
      motivo: p.motivo,
      ...(dialecto === 'sqlite' && {
        suma: sql<number | null>`case when suma is null then null else ${sumaDeReserva.columna(dialecto)} end`,
      }),
    })
    .where('id', '=', p.id)
    .where('version', '=', p.anterior),
)

/** Mantiene el modelo de lectura de las listas en la misma tx que la reserva: quien acaba de reservar la ve en su lista. */
export const resumirReserva: Reaccion<EventoReserva> = async ({ tx }, { data }) => {
  const { id_reserva: id, id_cliente, estado } = data
  tx.escribir(guardarResumen, { id, id_cliente, estado, por_pagar: estado === 'PENDIENTE' || estado === 'APROBADA' ? 1 : 0 })
}

const guardarResumen = consulta((db, p: FilaResumen) =>
  db
    .insertInto('resumen_reservas')
    .values({ id: p.id, id_cliente: p.id_cliente, estado: p.estado, por_pagar: p.por_pagar })
    .onConflict((c) => c.column('id').doUpdateSet({ estado: p.estado, por_pagar: p.por_pagar })),
)
