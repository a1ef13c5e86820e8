import type { FastifyRequest } from 'fastify'
import type { Origen } from 'seedwork/aplicacion/origen.ts'

/** Lo que pide una petición HTTP sale de quien la firma, en su conversación y con su traza. */
export const origenDe = ({ actor, correlacion, traceparent }: FastifyRequest): Origen => ({
  actor,
  correlacion,
  causa: correlacion,
  ...(traceparent !== undefined && { traza: traceparent }),
})
