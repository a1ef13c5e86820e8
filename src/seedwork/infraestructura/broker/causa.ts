import type { Causa } from './puerto.ts'

/** El código y la frase de un error, para guardarlos junto al mensaje que lo provocó. */
export const causaDe = (error: unknown): Causa => {
  if (!(error instanceof Error)) return { codigo: 'error', mensaje: String(error) }
  return { codigo: 'codigo' in error ? String(error.codigo) : error.name, mensaje: error.message }
}
