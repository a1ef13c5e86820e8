import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { actorATexto } from 'seedwork/aplicacion/actor.ts'
import { conflicto } from 'seedwork/dominio/errores.ts'
import type { Almacen, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import { unaVezPorLlave } from 'seedwork/infraestructura/idempotencia.ts'
import type { Reloj } from 'seedwork/infraestructura/puertos.ts'
import Type from 'typebox'

/** Suelta o entre comillas, como la escribe cada cliente. */
export const LlaveJson = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Repetir el pedido con la misma llave da la misma respuesta y no lo hace dos veces.',
    }),
  ),
})

/** Corre `producir` en una unidad de trabajo; con `Idempotency-Key`, una sola vez por llave y actor. */
export type Idempotencia = <R>(
  peticion: FastifyRequest,
  respuesta: FastifyReply,
  producir: (tx: Tx) => Promise<R>,
  /** Lo mismo sin llave, si hay una forma mejor que en una unidad suya. */
  sinLlave?: () => Promise<R>,
) => Promise<R>

/** Mientras la primera petición de una llave está en curso, la segunda recibe `peticion_en_curso` (409). */
export const crearIdempotencia = ({ almacen, reloj }: { almacen: Almacen; reloj: Reloj }): Idempotencia => {
  const enCurso = new Set<string>()
  return async (peticion, respuesta, producir, sinLlave = () => almacen.ejecutar(producir)) => {
    const llave = llaveDe(peticion)
    if (llave === undefined) return sinLlave()
    const actor = actorATexto(peticion.actor)
    const unica = `${actor} ${llave}`
    if (enCurso.has(unica)) throw peticionEnCurso()
    enCurso.add(unica)
    try {
      const hecho = await unaVezPorLlave(almacen, { actor, llave, huella: huellaDe(peticion), ahora: reloj.ahora() }, producir)
      if (hecho.repetida) respuesta.header('idempotent-replayed', 'true')
      return hecho.respuesta
    } finally {
      enCurso.delete(unica)
    }
  }
}

const llaveDe = ({ headers }: FastifyRequest): string | undefined => {
  const llave = headers['idempotency-key']
  return typeof llave === 'string' ? llave.replace(/^"(.*)"$/, '$1') : undefined
}

/** Qué se pide: método, camino y cuerpo. */
const huellaDe = ({ method, url, body }: FastifyRequest): string =>
  createHash('sha256')
    .update(`${method} ${url}\n${JSON.stringify(body ?? null)}`)
    .digest('base64url')

const peticionEnCurso = () =>
  conflicto(
    'peticion_en_curso',
    {
      es: 'La primera petición con esa Idempotency-Key sigue en curso.',
      en: 'The first request with that Idempotency-Key is still in progress.',
    },
    1,
  )
