import { ErrorDominio } from '../../dominio/errores.ts'
import { VariablesInvalidas } from '../variables.ts'

/** Lo que puede arreglar quien da la orden: su mensaje dice qué pasa y qué hacer. */
export class Remediable extends Error {}

/** Lo que se imprime de un error que termina el proceso: el mensaje si con él basta; si no, también dónde ocurrió. */
export const comoSeDice = (error: unknown): unknown =>
  error instanceof Remediable || error instanceof VariablesInvalidas || error instanceof ErrorDominio ? error.message : error
