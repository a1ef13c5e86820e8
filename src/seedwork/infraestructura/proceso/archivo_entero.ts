import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Uno por proceso: dos que escriben a la vez no se pisan lo que va a medias. */
const temporalDe = (archivo: string): string => `${archivo}.${process.pid}.tmp`

/** El archivo aparece entero o no aparece: se escribe aparte y se renombra. */
export const escribirEntero = (archivo: string, texto: string): void => {
  const temporal = temporalDe(archivo)
  writeFileSync(temporal, texto, { mode: 0o644, flush: true })
  renameSync(temporal, archivo)
}

/** Como `escribirEntero`, sólo legible por su dueño, y de varios que lo creen a la vez queda el primero: los demás no lo tocan. */
export const crearEntero = (archivo: string, texto: string): void => {
  const temporal = temporalDe(archivo)
  writeFileSync(temporal, texto, { mode: 0o600, flush: true })
  try {
    linkSync(temporal, archivo)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(temporal)
  }
}
