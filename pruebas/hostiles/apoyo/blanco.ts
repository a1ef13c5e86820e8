import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from 'seedwork/aplicacion/actor.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { abrirHijo, COMO_NPM_START, type Hijo } from '../../../bench/hijo.ts'
import type { OrdenesDelHijo } from './hijo.ts'

const FIRMA_MS = 3_600_000

/** El sistema que se ataca, y lo que hace falta para hablarle. */
export type Blanco = Readonly<{
  hijo: Hijo<OrdenesDelHijo>
  carpeta: string
  puerto: number
  interfaz: number
  broker: number
  grpc: string
  firmar: (id: string, rol: Actor['rol']) => string
}>

/** Abre el sistema en una carpeta nueva, lo presta y no deja nada de él. */
export const conBlanco = async <T>(usar: (blanco: Blanco) => Promise<T>, { control = false } = {}): Promise<T> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'hostiles-'))
  const hijo = abrirHijo<OrdenesDelHijo>('../pruebas/hostiles/apoyo/hijo.ts', COMO_NPM_START)
  const clave = randomBytes(32)
  try {
    const abierto = await hijo.pedir('abrir', { carpeta, clave: clave.toString('base64url'), control })
    const firmar = (id: string, rol: Actor['rol']): string => firmarActor(clave, { id, rol }, Date.now() + FIRMA_MS)
    return await usar({ hijo, carpeta, firmar, ...abierto })
  } finally {
    await hijo.cerrar()
    rmSync(carpeta, { recursive: true, force: true })
  }
}

const MEGA = 1_048_576
type Memoria = Readonly<{ usada: number; rss: number }>

export const enMegas = (bytes: number): string => (bytes / MEGA).toFixed(1)

/** Cuánto creció entre la mitad y el final, en por ciento. La primera mitad fija lo que el proceso pide en lo peor del ataque. */
export const crecimiento = (mitad: Memoria, final: Memoria) => ({
  usada: Math.round((final.usada / mitad.usada - 1) * 1_000) / 10,
  rss: Math.round((final.rss / mitad.rss - 1) * 1_000) / 10,
})
