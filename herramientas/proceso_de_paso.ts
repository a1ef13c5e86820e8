import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crearProceso } from 'aeroalpes-api/proceso.ts'
import type { Sistema } from 'aeroalpes-api/sistema.ts'
import pino from 'pino'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'

/** Abre la API de verdad en una carpeta nueva y un puerto libre, da a `usar` su dirección, la clave con que se firma quién pide y el sistema, y no deja nada. */
export const conProceso = async <T>(usar: (api: string, clave: Buffer, sistema: Sistema) => Promise<T>): Promise<T> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-de-paso-'))
  const bitacora = pino({ level: 'silent' })
  const clave = randomBytes(32)
  const proceso = await crearProceso({ carpeta, entorno: entornoReal, bitacora, clave, listaAbierta: false })
  try {
    return await usar(await proceso.escuchar({ host: '127.0.0.1', puerto: 0 }), clave, proceso.sistema)
  } finally {
    await proceso.detener()
    rmSync(carpeta, { recursive: true, force: true })
  }
}
