import type { Actor } from './actor.ts'

/** De dónde viene un pedido: quién lo hace, a qué conversación pertenece y qué lo causó. Viaja con todo lo que provoca. */
export type Origen = Readonly<{
  actor: Actor
  correlacion: string
  /** El id del mensaje o pedido que lo causó. */
  causa: string
  /** El `traceparent` de W3C, si lo hay. */
  traza?: string
}>
