import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crearProceso } from 'aeroalpes-api/proceso.ts'
import pino from 'pino'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'

/** Abre la API de verdad en una carpeta nueva y un puerto libre, se la da a `usar` por su dirección, y no deja nada al terminar. */
export const conProceso = async <T>(usar: (api: string) => Promise<T>): Promise<T> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-de-paso-'))
  const bitacora = pino({ level: 'silent' })
  const proceso = await crearProceso({ carpeta, entorno: entornoReal, bitacora, clave: randomBytes(32), listaAbierta: false })
  try {
    return await usar(await proceso.escuchar({ host: '127.0.0.1', puerto: 0 }))
  } finally {
    await proceso.detener()
    rmSync(carpeta, { recursive: true, force: true })
  }
}
