import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Alcance } from '../../../tests/apoyo/lugar.ts'

/** Algo que aquí no se puede hacer, y por qué. */
export type Imposible = Readonly<{ motivo: string }>

/** Un disco pequeño, que se llena y se vacía. */
export type Disco = Readonly<{ carpeta: string; llenar: () => void; vaciar: () => void }>

const TROZO = new Uint8Array(64 * 1_024)

/** Monta un disco de `megas` en memoria, que se va con el alcance. */
export const montarDisco = (alcance: Alcance, carpeta: string, megas: number): Disco | Imposible => {
  mkdirSync(carpeta, { recursive: true })
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megas}m`, 'tmpfs', carpeta], { encoding: 'utf8' })
  if (status !== 0) return { motivo: `no se puede montar un disco: ${error?.message ?? stderr.trim()}` }
  const desmontar = (): void => void spawnSync('umount', ['-l', carpeta])
  process.once('exit', desmontar)
  alcance.after(() => {
    desmontar()
    process.off('exit', desmontar)
  })
  const lastre = join(carpeta, 'lastre')
  return { carpeta, llenar: () => escribirHastaQueNoQuepa(lastre), vaciar: () => rmSync(lastre, { force: true }) }
}

const escribirHastaQueNoQuepa = (archivo: string): void => {
  const abierto = openSync(archivo, 'a')
  try {
    for (;;) writeSync(abierto, TROZO)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(abierto)
  }
}

/** Un fallo que se le puede hacer ver a un proceso: qué llamadas al sistema, y con qué error. */
export type Averia = Readonly<{ nombre: string; llamadas: string; error: string }>

export const AVERIAS: readonly Averia[] = [
  { nombre: 'EIO al sincronizar', llamadas: 'fsync,fdatasync', error: 'EIO' },
  { nombre: 'EIO al leer', llamadas: 'pread64', error: 'EIO' },
  { nombre: 'EIO al escribir', llamadas: 'pwrite64', error: 'EIO' },
  { nombre: 'ENOSPC al escribir', llamadas: 'pwrite64', error: 'ENOSPC' },
]

/** Por qué no se puede averiar a otro proceso; nada si se puede. */
export const loQueFaltaParaAveriar = (): Imposible | undefined => {
  const { status, stderr, error } = spawnSync('strace', ['-o', '/dev/null', '-e', 'inject=fsync:error=EIO', 'true'], { encoding: 'utf8' })
  return status === 0 ? undefined : { motivo: `no se pueden averiar las llamadas al sistema: ${error?.message ?? stderr.trim()}` }
}

/** Desde que resuelve hasta que se llame a lo que da, esas llamadas del proceso fallan. */
export const averiar = async (pid: number, { llamadas, error }: Averia): Promise<() => Promise<void>> => {
  const orden = ['-f', '-o', '/dev/null', '-p', String(pid), '-e', `trace=${llamadas}`, '-e', `inject=${llamadas}:error=${error}`]
  const strace = spawn('strace', orden, { stdio: ['ignore', 'ignore', 'pipe'] })
  const fin = once(strace, 'exit')
  const alSalir = (): void => void strace.kill('SIGINT')
  process.once('exit', alSalir)
  // Dice que está puesto; si no puede, termina.
  await Promise.race([once(strace.stderr, 'data'), fin])
  strace.stderr.resume()
  if (strace.exitCode !== null) throw new Error(`strace no pudo con el proceso ${pid}`)
  return async () => {
    strace.kill('SIGINT')
    await fin
    process.off('exit', alSalir)
  }
}
