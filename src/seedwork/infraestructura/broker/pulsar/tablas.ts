import { consultas } from '../../almacen/consultas.ts'
import type { Migraciones } from '../../almacen/migraciones.ts'

/** Un mensaje que todavía no se sabe que Pulsar guardó. `secuencia` es su número en el productor del tópico: 1, 2, 3… sin huecos. */
export type FilaSalida = Readonly<{
  topico: string
  secuencia: number
  id: string
  llave: string | null
  propiedades: string
  datos: Uint8Array
  instante: number
}>

/** Uno que su transacción dejó escrito y todavía no tiene número: lo toma cuando el relevo lo recoge. Sólo en PostgreSQL. */
export type FilaPorNumerar = Omit<FilaSalida, 'secuencia'> & Readonly<{ orden: number }>

/** Quién hace algo que sólo uno puede hacer. `token` crece con cada dueño; `latido`, mientras el dueño vive. */
export type FilaArriendo = Readonly<{ nombre: string; dueno: string | null; token: number; latido: number }>

export type FilaIntento = Readonly<{ topico: string; nombre: string; posicion: string; intentos: number; caidas: number; no_antes: number }>

/** `devuelto`: 1 si un operador lo mandó otra vez a su suscripción, y 2 si además ya lo tiene un proceso; saldado, se va. */
export type FilaApartado = Readonly<{
  numero: number
  topico: string
  suscripcion: string
  id: string
  llave: string | null
  propiedades: string
  datos: Uint8Array
  posicion: string
  instante: number
  codigo: string
  mensaje: string
  intentos: number
  apartado: number
  devuelto: number
}>

type Tablas = {
  pulsar_salida: FilaSalida
  pulsar_por_numerar: FilaPorNumerar
  pulsar_topicos: { topico: string; ultima: number }
  pulsar_arriendos: FilaArriendo
  pulsar_acuses: { topico: string; nombre: string; posicion: string; instante: number }
  pulsar_intentos: FilaIntento
  pulsar_tramos: { tramo: string; miembro: string; topico: string; nombre: string; posiciones: string; instante: number }
  pulsar_apartados: FilaApartado
}

/** Con ella se escriben las consultas de estas tablas. */
export const consulta = consultas<Tablas>()

export const migracionesPulsar: Migraciones = {
  modulo: 'broker_pulsar',
  lista: [
    {
      nombre: 'salida_y_suscripciones',
      pasos: ({ schema }, { entero, bytes, agrupada, numerada }) => [
        schema
          .createTable('pulsar_salida')
          .addColumn('topico', 'text')
          .addColumn('secuencia', entero)
          .addColumn('id', 'text', (c) => c.notNull())
          .addColumn('llave', 'text')
          .addColumn('propiedades', 'text', (c) => c.notNull())
          .addColumn('datos', bytes, (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('pulsar_salida_pk', ['topico', 'secuencia'])
          .modifyEnd(agrupada),
        schema
          .createTable('pulsar_topicos')
          .addColumn('topico', 'text', (c) => c.primaryKey())
          .addColumn('ultima', entero, (c) => c.notNull()),
        schema
          .createTable('pulsar_arriendos')
          .addColumn('nombre', 'text', (c) => c.primaryKey())
          .addColumn('dueno', 'text')
          .addColumn('token', entero, (c) => c.notNull())
          .addColumn('latido', entero, (c) => c.notNull()),
        schema
          .createTable('pulsar_acuses')
          .addColumn('topico', 'text')
          .addColumn('nombre', 'text')
          .addColumn('posicion', 'text')
          .addColumn('instante', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('pulsar_acuses_pk', ['topico', 'nombre', 'posicion'])
          .modifyEnd(agrupada),
        schema.createIndex('pulsar_acuses_por_instante').on('pulsar_acuses').columns(['topico', 'nombre', 'instante']),
        schema
          .createTable('pulsar_intentos')
          .addColumn('topico', 'text')
          .addColumn('nombre', 'text')
          .addColumn('posicion', 'text')
          .addColumn('intentos', entero, (c) => c.notNull())
          .addColumn('caidas', entero, (c) => c.notNull())
          .addColumn('no_antes', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('pulsar_intentos_pk', ['topico', 'nombre', 'posicion'])
          .modifyEnd(agrupada),
        schema
          .createTable('pulsar_tramos')
          .addColumn('tramo', 'text', (c) => c.primaryKey())
          .addColumn('miembro', 'text', (c) => c.notNull())
          .addColumn('topico', 'text', (c) => c.notNull())
          .addColumn('nombre', 'text', (c) => c.notNull())
          .addColumn('posiciones', 'text', (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull()),
        schema.createIndex('pulsar_tramos_por_suscripcion').on('pulsar_tramos').columns(['topico', 'nombre']),
        schema
          .createTable('pulsar_apartados')
          .addColumn('numero', entero, numerada)
          .addColumn('topico', 'text', (c) => c.notNull())
          .addColumn('suscripcion', 'text', (c) => c.notNull())
          .addColumn('id', 'text', (c) => c.notNull())
          .addColumn('llave', 'text')
          .addColumn('propiedades', 'text', (c) => c.notNull())
          .addColumn('datos', bytes, (c) => c.notNull())
          .addColumn('posicion', 'text', (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull())
          .addColumn('codigo', 'text', (c) => c.notNull())
          .addColumn('mensaje', 'text', (c) => c.notNull())
          .addColumn('intentos', entero, (c) => c.notNull())
          .addColumn('apartado', entero, (c) => c.notNull())
          .addColumn('devuelto', entero, (c) => c.notNull()),
        schema.createIndex('pulsar_apartados_por_suscripcion').on('pulsar_apartados').columns(['topico', 'suscripcion', 'devuelto']),
      ],
    },
    {
      nombre: 'por_numerar',
      pasos: ({ schema }, { entero, bytes, numerada }) => [
        schema
          .createTable('pulsar_por_numerar')
          .addColumn('orden', entero, numerada)
          .addColumn('topico', 'text', (c) => c.notNull())
          .addColumn('id', 'text', (c) => c.notNull())
          .addColumn('llave', 'text')
          .addColumn('propiedades', 'text', (c) => c.notNull())
          .addColumn('datos', bytes, (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull()),
        schema.createIndex('pulsar_por_numerar_en_orden').on('pulsar_por_numerar').columns(['topico', 'orden']),
      ],
    },
  ],
}
