import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contratoDeAlmacen } from '../../../pruebas/contrato_almacen.ts'
import { entornoReal } from '../../entorno_real.ts'
import { abrirAlmacenSqlite } from './almacen.ts'

contratoDeAlmacen('SQLite', async () => {
  const carpeta = mkdtempSync(join(tmpdir(), 'almacen-'))
  return {
    abrir: (opciones) => abrirAlmacenSqlite({ carpeta, entorno: entornoReal, ...opciones }),
    borrar: async () => rmSync(carpeta, { recursive: true }),
  }
})
