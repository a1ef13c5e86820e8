import { ErrorDominio, type Texto } from '../dominio/errores.ts'
import type { Instante } from '../dominio/instante.ts'
import { ReglaRota } from '../dominio/reglas.ts'
import { consultas } from './almacen/consultas.ts'
import type { Migraciones } from './almacen/migraciones.ts'
import type { Tx, UnidadDeTrabajo } from './almacen/puerto.ts'
import { type Sumada, sumaDe } from './almacen/suma.ts'

/** Cuánto se recuerda una respuesta. */
export const RECORDAR_MS = 24 * 60 * 60_000

/** La llave que manda quien pide, y la huella de lo que pide con ella. Cada actor tiene sus llaves. */
export type LlaveDeIdempotencia = Readonly<{ actor: string; llave: string; huella: string }>

type Recordado<R> = Readonly<{ respuesta: R } | { regla: Readonly<{ codigo: string; texto: Texto }> }>
type Fila = LlaveDeIdempotencia & Readonly<{ respuesta: string; instante: Instante }>

export const sumaIdempotencia = sumaDe<Fila>('idempotencia', { actor: true, llave: true, huella: true, respuesta: true, instante: true })

class LaHizoOtro extends Error {}

/**
 * Hace `producir` una sola vez por llave, en una unidad de trabajo. La segunda vez devuelve lo mismo (`repetida`), también si lo que
 * pasó fue una regla rota. Otro pedido con la misma llave lanza `llave_reutilizada`. Un error que no es de regla no se recuerda: lo que
 * hizo se deshizo, y repetir es legítimo. `R` debe caber en JSON.
 */
export const unaVezPorLlave = async <R>(
  uow: UnidadDeTrabajo,
  { ahora, ...llave }: LlaveDeIdempotencia & { ahora: Instante },
  producir: (tx: Tx) => Promise<R>,
): Promise<Readonly<{ respuesta: R; repetida: boolean }>> => {
  const unaVez = async (tx: Tx): Promise<Readonly<{ recordado: Recordado<R>; repetida: boolean }>> => {
    const previo = await tx.una(buscar, { actor: llave.actor, llave: llave.llave, desde: ahora - RECORDAR_MS })
    if (previo !== undefined) return { recordado: leer<R>(sumaIdempotencia.exigir(previo), llave), repetida: true }
    const nuevo = await tx.savepoint(producir).then((respuesta) => ({ respuesta }), recordarRegla)
    const fila = { ...llave, respuesta: JSON.stringify(nuevo), instante: ahora }
    // Otro proceso la hizo desde que se buscó: lo de aquí se deshace, y se devuelve lo suyo.
    if ((await tx.ejecutar(recordar, { ...fila, desde: ahora - RECORDAR_MS })) === 0) throw new LaHizoOtro()
    return { recordado: nuevo as Recordado<R>, repetida: false }
  }
  const { recordado, repetida } = await uow.ejecutar(unaVez).catch((error: unknown) => {
    if (error instanceof LaHizoOtro) return uow.ejecutar(unaVez)
    throw error
  })
  if ('regla' in recordado) throw new ReglaRota(recordado.regla.codigo, recordado.regla.texto)
  return { respuesta: recordado.respuesta, repetida }
}

/** Olvida las respuestas que ya nadie repetirá. */
export const olvidarIdempotencia = (tx: Tx, ahora: Instante): Promise<number> => tx.ejecutar(olvidar, { antes: ahora - RECORDAR_MS })

const recordarRegla = (error: unknown): Recordado<never> => {
  if (error instanceof ReglaRota) return { regla: { codigo: error.codigo, texto: error.texto } }
  throw error
}

const leer = <R>(previo: Fila, { huella }: LlaveDeIdempotencia): Recordado<R> => {
  if (previo.huella !== huella) throw llaveReutilizada()
  return JSON.parse(previo.respuesta)
}

const llaveReutilizada = (): ErrorDominio =>
  new ErrorDominio({
    codigo: 'llave_reutilizada',
    clase: 'invalido',
    texto: {
      es: 'Esa Idempotency-Key ya se usó con otro pedido. Usa una nueva para un pedido distinto.',
      en: 'That Idempotency-Key was already used with another request. Use a new one for a different request.',
    },
  })

const consulta = consultas<{ idempotencia: Fila & Sumada }>()

const buscar = consulta((db, p: { actor: string; llave: string; desde: Instante }) =>
  db.selectFrom('idempotencia').selectAll().where('actor', '=', p.actor).where('llave', '=', p.llave).where('instante', '>', p.desde),
)

/** No toca nada si la llave ya está y aún se recuerda. */
const recordar = consulta((db, p: Fila & { desde: Instante }, dialecto) =>
  db
    .insertInto('idempotencia')
    .values({
      actor: p.actor,
      llave: p.llave,
      huella: p.huella,
      respuesta: p.respuesta,
      instante: p.instante,
      suma: sumaIdempotencia.columna(dialecto),
    })
    .onConflict((c) =>
      c
        .columns(['actor', 'llave'])
        .doUpdateSet({ huella: p.huella, respuesta: p.respuesta, instante: p.instante, suma: sumaIdempotencia.columna(dialecto) })
        .where('idempotencia.instante', '<=', p.desde),
    ),
)

const olvidar = consulta((db, p: { antes: Instante }) => db.deleteFrom('idempotencia').where('instante', '<', p.antes))

export const migracionesIdempotencia: Migraciones = {
  modulo: 'idempotencia',
  lista: [
    {
      nombre: 'idempotencia',
      pasos: ({ schema }, { entero, agrupada }) => [
        schema
          .createTable('idempotencia')
          .addColumn('actor', 'text')
          .addColumn('llave', 'text')
          .addColumn('huella', 'text', (c) => c.notNull())
          .addColumn('respuesta', 'text', (c) => c.notNull())
          .addColumn('instante', entero, (c) => c.notNull())
          .addPrimaryKeyConstraint('idempotencia_pk', ['actor', 'llave'])
          .modifyEnd(agrupada),
        schema.createIndex('idempotencia_por_instante').on('idempotencia').column('instante'),
      ],
    },
    { nombre: 'suma', pasos: ({ schema }, { entero }) => [schema.alterTable('idempotencia').addColumn('suma', entero)] },
  ],
}
