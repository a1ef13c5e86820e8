import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Lo que un proceso hijo sabe hacer. Los datos y las respuestas viajan como JSON. */
type Ordenes = Readonly<Record<string, (datos: never) => unknown>>
type DatosDe<F> = F extends (datos: infer D) => unknown ? D : never
type RespuestaDe<F> = F extends (datos: never) => infer R ? Awaited<R> : never

type Pedido = Readonly<{ orden: string; datos: unknown }>
type Respuesta = Readonly<{ valor: unknown } | { error: string }>

/** Otro proceso al que se le piden cosas de a una. */
export type Hijo<O extends Ordenes> = Readonly<{
  /** Rechaza si el hijo falla, muere o no contesta en el plazo (ms). */
  pedir: <K extends keyof O & string>(orden: K, datos: DatosDe<O[K]>, plazoMs?: number) => Promise<RespuestaDe<O[K]>>
  /** Lo suelta: termina por su cuenta. */
  cerrar: () => Promise<void>
}>

const PLAZO_MS = 90_000

const OPCIONES = join(import.meta.dirname, '..', 'herramientas', 'opciones_de_node.json')
/** Las opciones de memoria con que lo corre el lanzador (herramientas/arranque.mjs). */
export const COMO_NPM_START: readonly string[] = JSON.parse(readFileSync(OPCIONES, 'utf8'))

/** Arranca `bench/<archivo>` en su proceso, con las opciones de node que además se digan. */
export const abrirHijo = <O extends Ordenes>(archivo: string, opciones: readonly string[] = []): Hijo<O> => {
  const execArgv = [...process.execArgv, ...opciones]
  const proceso = fork(join(import.meta.dirname, archivo), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv })
  return {
    pedir: (orden, datos, plazoMs = PLAZO_MS) => conversar(proceso, { orden, datos }, plazoMs) as Promise<never>,
    cerrar: () =>
      new Promise((listo) => {
        proceso.once('exit', () => listo())
        if (proceso.exitCode !== null || proceso.signalCode !== null) listo()
        else proceso.disconnect()
      }),
  }
}

const conversar = (proceso: ChildProcess, pedido: Pedido, plazoMs: number): Promise<unknown> => {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const alResponder = (respuesta: unknown) => {
    const leida = respuesta as Respuesta
    if ('error' in leida) reject(new Error(leida.error))
    else resolve(leida.valor)
  }
  const alMorir = () => reject(new Error(`El proceso de «${pedido.orden}» terminó antes de contestar.`))
  const plazo = setTimeout(() => reject(new Error(`«${pedido.orden}» no contestó en ${plazoMs} ms.`)), plazoMs)
  proceso.once('message', alResponder)
  proceso.once('exit', alMorir)
  proceso.send(pedido)
  return promise.finally(() => {
    clearTimeout(plazo)
    proceso.off('message', alResponder)
    proceso.off('exit', alMorir)
  })
}

/** Del lado del hijo: cumple lo que le pidan hasta que el padre lo suelte, o muera. */
export const atender = (ordenes: Ordenes): void => {
  process.on('message', async ({ orden, datos }: Pedido) => {
    const cumplir = ordenes[orden] as ((datos: unknown) => unknown) | undefined
    const respuesta: Respuesta = await (async () => ({ valor: await cumplir?.(datos) }))().catch((error: unknown) => ({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    process.send?.(respuesta)
  })
  process.on('disconnect', () => process.exit(0))
}

/** Milisegundos de un reloj que todos los procesos de la máquina comparten. */
export const ahoraMs = (): number => Number(process.hrtime.bigint()) / 1e6
