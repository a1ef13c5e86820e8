import { join } from 'node:path'
import { consultas } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Migraciones } from 'seedwork/infraestructura/almacen/migraciones.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import type { Entorno, Reloj } from 'seedwork/infraestructura/puertos.ts'

/**
 * En qué va el correo de un evento.
 * - `enviando`: desde antes de que el servidor pueda aceptarlo. Si el proceso muere así, no se sabrá si lo aceptó.
 * - `pendiente`: estuvo por enviarse y consta que el servidor no lo aceptó: puede enviarse.
 * - `rechazado`: el servidor dijo que no, para siempre. Sólo se repite si un operador lo devuelve de los apartados.
 * - `enviado`, `ambiguo` (la respuesta se perdió) y `sin_correo` (no hay a quién escribir) son finales: nada vuelve a salir.
 */
export type EstadoCorreo = 'enviando' | 'pendiente' | 'rechazado' | 'enviado' | 'ambiguo' | 'sin_correo'

type FilaCorreo = Readonly<{
  id_evento: string
  id_reserva: string
  tipo: string
  estado: EstadoCorreo
  detalle: string | null
  instante: number
}>

export type Estadisticas = Readonly<Record<EstadoCorreo, number>>

/** De qué correo se habla. */
export type Intento = Readonly<{ id_evento: string; id_reserva: string; tipo: string }>

/** Lo que se sabe de cada correo, durable cuando cada función resuelve. */
export type Correos = Readonly<{
  estado: (id_evento: string) => Promise<EstadoCorreo | undefined>
  /** Anota que va a enviarse. `false` si otro lo está enviando o ya tiene final: entonces no se envía. */
  intentar: (intento: Intento) => Promise<boolean>
  /** Anota cómo terminó. */
  terminar: (intento: Intento, estado: Exclude<EstadoCorreo, 'enviando'>, detalle?: string) => Promise<void>
  /** Si de esa reserva ya consta que no hay a quién escribir. */
  sinCorreo: (id_reserva: string) => Promise<boolean>
  /** Los que una vida anterior del proceso dejó a medias pasan a `ambiguo`. Da cuáles fueron. */
  resolverInterrumpidos: () => Promise<readonly Intento[]>
  estadisticas: () => Promise<Estadisticas>
}>

const consulta = consultas<{ correos: FilaCorreo }>()

const CEROS: Estadisticas = { enviando: 0, pendiente: 0, rechazado: 0, enviado: 0, ambiguo: 0, sin_correo: 0 }

/** Los correos de `almacen`, que es sólo de este proceso. */
export const correosDe = (almacen: Almacen, reloj: Reloj): Correos => ({
  estado: async (id_evento) => (await almacen.lector.una(porEvento, { id_evento }))?.estado,
  intentar: (intento) => almacen.ejecutar(async (tx) => (await tx.ejecutar(anotarIntento, { ...intento, instante: reloj.ahora() })) === 1),
  terminar: (intento, estado, detalle) =>
    almacen.ejecutar(
      async (tx) => void (await tx.ejecutar(anotarFinal, { ...intento, estado, detalle: detalle ?? null, instante: reloj.ahora() })),
    ),
  sinCorreo: async (id_reserva) => (await almacen.lector.una(sinCorreoDe, { id_reserva })) !== undefined,
  resolverInterrumpidos: () =>
    almacen.ejecutar(async (tx) => {
      const interrumpidos = await tx.todas(enviandose, {})
      await tx.ejecutar(abandonar, { instante: reloj.ahora() })
      return interrumpidos
    }),
  estadisticas: async () => {
    const filas = await almacen.lector.todas(cuentas, {})
    return { ...CEROS, ...Object.fromEntries(filas.map(({ estado, cuantos }) => [estado, cuantos])) }
  },
})

const porEvento = consulta((db, p: { id_evento: string }) => db.selectFrom('correos').select('estado').where('id_evento', '=', p.id_evento))

const sinCorreoDe = consulta((db, p: { id_reserva: string }) =>
  db.selectFrom('correos').select('id_evento').where('id_reserva', '=', p.id_reserva).where('estado', '=', 'sin_correo').limit(1),
)

/** En una sola sentencia: de dos que lo intenten a la vez, sigue uno. */
const anotarIntento = consulta((db, p: Intento & { instante: number }) =>
  db
    .insertInto('correos')
    .values({ id_evento: p.id_evento, id_reserva: p.id_reserva, tipo: p.tipo, estado: 'enviando', detalle: null, instante: p.instante })
    .onConflict((c) =>
      c
        .column('id_evento')
        .doUpdateSet({ estado: 'enviando', detalle: null, instante: p.instante })
        .where('correos.estado', 'in', ['pendiente', 'rechazado']),
    ),
)

const anotarFinal = consulta((db, p: FilaCorreo) =>
  db
    .insertInto('correos')
    .values({
      id_evento: p.id_evento,
      id_reserva: p.id_reserva,
      tipo: p.tipo,
      estado: p.estado,
      detalle: p.detalle,
      instante: p.instante,
    })
    .onConflict((c) => c.column('id_evento').doUpdateSet({ estado: p.estado, detalle: p.detalle, instante: p.instante })),
)

const enviandose = consulta((db, _: object) =>
  db.selectFrom('correos').select(['id_evento', 'id_reserva', 'tipo']).where('estado', '=', 'enviando'),
)

const abandonar = consulta((db, p: { instante: number }) =>
  db
    .updateTable('correos')
    .set({ estado: 'ambiguo', detalle: 'el proceso murió sin anotar la respuesta', instante: p.instante })
    .where('estado', '=', 'enviando'),
)

const cuentas = consulta((db, _: object) =>
  db
    .selectFrom('correos')
    .select((e) => ['estado', e.fn.countAll<number>().as('cuantos')])
    .groupBy('estado'),
)

export const migracionesCorreos: Migraciones = {
  modulo: 'correos',
  lista: [
    {
      nombre: 'correos',
      pasos: ({ schema }, { entero }) => [
        schema
          .createTable('correos')
          .addColumn('id_evento', 'text', (c) => c.primaryKey())
          .addColumn('id_reserva', 'text', (c) => c.notNull())
          .addColumn('tipo', 'text', (c) => c.notNull())
          .addColumn('estado', 'text', (c) => c.notNull())
          .addColumn('detalle', 'text')
          .addColumn('instante', entero, (c) => c.notNull()),
        schema.createIndex('correos_por_estado').on('correos').column('estado'),
        schema.createIndex('correos_por_reserva').on('correos').column('id_reserva'),
      ],
    },
  ],
}

/** Dónde guarda lo suyo este servicio, dentro de la carpeta de datos. */
export const carpetaDeCorreos = (datos: string): string => join(datos, 'notificaciones')

/** El almacén de este servicio, que es sólo suyo. `ademas` es lo que otras piezas del proceso guardan en él. */
export const abrirAlmacenDeCorreos = ({
  datos,
  entorno,
  ademas = [],
}: Readonly<{ datos: string; entorno: Entorno; ademas?: readonly Migraciones[] }>): Promise<Almacen> =>
  abrirAlmacenSqlite({ carpeta: carpetaDeCorreos(datos), migraciones: [migracionesCorreos, ...ademas], entorno })
