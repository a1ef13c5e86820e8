import { ANONIMO, actorDeTexto } from '../../aplicacion/actor.ts'
import type { Origen } from '../../aplicacion/origen.ts'
import type { Entrega } from '../broker/puerto.ts'
import type { Paso } from './paso.ts'

/** La conversación sigue al otro lado del broker: el mismo actor y correlación, y el mensaje como causa de lo que provoque. */
export const origenDe = ({ id, propiedades }: Entrega['mensaje']): Origen => ({
  actor: actorDeTexto(propiedades.actor ?? '') ?? ANONIMO,
  correlacion: propiedades.correlationid ?? id,
  causa: id,
  ...(propiedades.traceparent !== undefined && { traza: propiedades.traceparent }),
})

/** De un paso, el manejador que el broker llama: aquí empieza el origen de todo lo que sigue. */
export const conCorrelacion =
  (paso: Paso) =>
  (entrega: Entrega): Promise<void> =>
    paso({ entrega, origen: origenDe(entrega.mensaje) })
