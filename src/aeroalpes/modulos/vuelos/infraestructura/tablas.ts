import { sql } from 'kysely'
import { consultas } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Migraciones } from 'seedwork/infraestructura/almacen/migraciones.ts'
import { type Sumada, sumaDe } from 'seedwork/infraestructura/almacen/suma.ts'
import type { EstadoReserva } from '../dominio/objetos_valor.ts'

/** Una reserva completa. `itinerarios` y `pasajeros` son su JSON, en el orden en que se enviaron (B36-B39). */
export type FilaReserva = Readonly<{
  id: string
  version: number
  estado: EstadoReserva
  id_cliente: string | null
  itinerarios: string
  pasajeros: string
  fecha_creacion: number
  fecha_actualizacion: number
  aprobada_en: number | null
  pagada_en: number | null
  cancelada_en: number | null
  motivo: string | null
  /** Lo acordado al reservar una oferta, en JSON; `localizador` va también aparte, para encontrarla. */
  venta: string | null
  localizador: string | null
}>

/** El modelo de lectura de las listas: estrecho, con los índices que ellas usan. `por_pagar` es 1 mientras aún se pueda pagar. */
export type FilaResumen = Readonly<{ id: string; id_cliente: string | null; estado: EstadoReserva; por_pagar: number }>

export type FilaAsientos = Readonly<{ cabina: string; vendidos: number }>
export type FilaContacto = Readonly<{ id_reserva: string; nombre: string; correo: string; idioma: 'es' | 'en' }>

export const consulta = consultas<{
  reservas: FilaReserva & Sumada
  resumen_reservas: FilaResumen
  asientos: FilaAsientos
  contactos: FilaContacto & Sumada
}>()

export const sumaDeReserva = sumaDe<FilaReserva>('reservas', {
  ...{ id: true, version: true, estado: true, id_cliente: true, itinerarios: true, pasajeros: true },
  ...{ fecha_creacion: true, fecha_actualizacion: true, aprobada_en: true, pagada_en: true, cancelada_en: true },
  ...{ motivo: true, venta: true, localizador: true },
})

export const sumaDeContacto = sumaDe<FilaContacto>('contactos', { id_reserva: true, nombre: true, correo: true, idioma: true })

export const sumasVuelos = [sumaDeReserva, sumaDeContacto] as const

export const migracionesVuelos: Migraciones = {
  modulo: 'vuelos',
  lista: [
    {
      nombre: 'reservas',
      pasos: ({ schema }, { entero, agrupada }) => [
        schema
          .createTable('reservas')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('version', entero, (c) => c.notNull())
          .addColumn('estado', 'text', (c) => c.notNull())
          .addColumn('id_cliente', 'text')
          .addColumn('itinerarios', 'text', (c) => c.notNull())
          .addColumn('pasajeros', 'text', (c) => c.notNull())
          .addColumn('fecha_creacion', entero, (c) => c.notNull())
          .addColumn('fecha_actualizacion', entero, (c) => c.notNull())
          .addColumn('aprobada_en', entero)
          .addColumn('pagada_en', entero)
          .addColumn('cancelada_en', entero)
          .addColumn('motivo', 'text')
          .modifyEnd(agrupada),
        schema
          .createTable('resumen_reservas')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('id_cliente', 'text')
          .addColumn('estado', 'text', (c) => c.notNull())
          .addColumn('por_pagar', entero, (c) => c.notNull())
          .modifyEnd(agrupada),
        schema
          .createIndex('resumen_por_cliente')
          .on('resumen_reservas')
          .columns(['id_cliente', 'id'])
          .where(sql<boolean>`id_cliente is not null`),
        schema.createIndex('resumen_por_estado').on('resumen_reservas').columns(['estado', 'id']),
        schema.createIndex('resumen_por_pagar').on('resumen_reservas').column('id').where(sql<boolean>`por_pagar = 1`),
      ],
    },
    {
      nombre: 'ofertas',
      pasos: ({ schema }, { entero, agrupada }) => [
        schema.alterTable('reservas').addColumn('venta', 'text'),
        schema.alterTable('reservas').addColumn('localizador', 'text'),
        schema
          .createIndex('reservas_por_localizador')
          .unique()
          .on('reservas')
          .column('localizador')
          .where(sql<boolean>`localizador is not null`),
        schema
          .createTable('asientos')
          .addColumn('cabina', 'text', (c) => c.primaryKey())
          .addColumn('vendidos', entero, (c) => c.notNull())
          .modifyEnd(agrupada),
        schema
          .createTable('contactos')
          .addColumn('id_reserva', 'text', (c) => c.primaryKey())
          .addColumn('nombre', 'text', (c) => c.notNull())
          .addColumn('correo', 'text', (c) => c.notNull())
          .addColumn('idioma', 'text', (c) => c.notNull())
          .modifyEnd(agrupada),
      ],
    },
    {
      nombre: 'sumas',
      pasos: ({ schema }, { entero }) => [
        schema.alterTable('reservas').addColumn('suma', entero),
        schema.alterTable('contactos').addColumn('suma', entero),
      ],
    },
  ],
}
