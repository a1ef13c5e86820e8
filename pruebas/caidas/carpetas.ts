import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TODAS = mkdtempSync(join(tmpdir(), 'aeroalpes-caidas-'))
let quedan = false
process.on('exit', () => {
  if (!quedan) rmSync(TODAS, { recursive: true, force: true })
})

/** Una carpeta nueva, que se va con el proceso. */
export const carpetaNueva = (nombre: string): string => mkdtempSync(join(TODAS, `${nombre}-`))

/** Lo que se vio se queda, para quien quiera saber qué pasó. */
export const dejarCarpetas = (): void => {
  quedan = true
}
