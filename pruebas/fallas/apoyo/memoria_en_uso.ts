// Se carga en el proceso que se mide, con `--import` y `--expose-gc`: con SIGUSR2 recoge y deja dicho lo que queda vivo.
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const archivo = join(process.env.AEROALPES_DATOS ?? '.', 'memoria.json')

process.on('SIGUSR2', () => {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  const { heapUsed, external } = process.memoryUsage()
  writeFileSync(`${archivo}.nueva`, String(heapUsed + external))
  renameSync(`${archivo}.nueva`, archivo)
})
