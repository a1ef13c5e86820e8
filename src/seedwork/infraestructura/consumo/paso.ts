import type { Origen } from '../../aplicacion/origen.ts'
import type { Entrega } from '../broker/puerto.ts'

/** Un mensaje en curso: su entrega y, cuando se sabe, de dónde viene. */
export type EnCurso = Readonly<{ entrega: Entrega; origen: Origen }>

/** Lo que se hace con un mensaje. Termina bien, y está hecho; o lanza, y decide quien lo envuelve. */
export type Paso = (enCurso: EnCurso) => Promise<void>

/** Una política: envuelve un paso sin que él lo sepa. */
export type Middleware = (siguiente: Paso) => Paso

/** La primera política es la de más afuera. */
export const encadenar = (politicas: readonly Middleware[], paso: Paso): Paso =>
  politicas.reduceRight((siguiente, politica) => politica(siguiente), paso)
