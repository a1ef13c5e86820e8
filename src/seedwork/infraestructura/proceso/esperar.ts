import type { Logger } from 'pino'
import type { Entorno } from '../puertos.ts'

const PRIMERA_MS = 250
const ULTIMA_MS = 5_000
/** Cada cuánto se repite que se sigue esperando. */
const REPETIR_MS = 30_000

type Espera = Readonly<{
  /** De qué se depende, como se le dice a quien lee la bitácora. */
  que: string
  donde: string
  /** Si ya está. Lanza si esperar no lo arregla. */
  esta: (senal: AbortSignal) => Promise<boolean>
  entorno: Pick<Entorno, 'azar' | 'planificador' | 'reloj'>
  bitacora: Pick<Logger, 'warn'>
  fin: AbortSignal
}>

/**
 * Espera a que algo de lo que se depende esté, preguntando cada vez más espaciado (con azar, para que los que esperan juntos no pregunten
 * juntos), y lo dice. Rechaza si `fin` aborta o si `esta` lanza.
 */
export const esperarA = async ({ que, donde, esta, entorno, bitacora, fin }: Espera): Promise<void> => {
  const { azar, reloj } = entorno
  let dicho: number | undefined
  for (let pausa = PRIMERA_MS; ; pausa = Math.min(pausa * 2, ULTIMA_MS)) {
    fin.throwIfAborted()
    if (await esta(AbortSignal.any([fin, AbortSignal.timeout(ULTIMA_MS)]))) break
    if (dicho === undefined || reloj.monotono() - dicho >= REPETIR_MS) {
      dicho = reloj.monotono()
      bitacora.warn({ donde }, `todavía no responde ${que}: se espera`)
    }
    await dormir(pausa * (0.5 + azar() / 2), entorno, fin)
  }
  if (dicho !== undefined) bitacora.warn({ donde }, `ya responde ${que}`)
}

/** Si alguien responde a un GET, aunque sea para decir que no. */
export const responde =
  (url: string) =>
  (senal: AbortSignal): Promise<boolean> =>
    fetch(url, { signal: senal, redirect: 'manual' }).then(
      async (respuesta) => {
        await respuesta.body?.cancel()
        return respuesta.status < 500
      },
      () => false,
    )

const dormir = (ms: number, { planificador }: Pick<Entorno, 'planificador'>, fin: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancelable = planificador.tras(ms, resolve)
  fin.addEventListener('abort', () => resolve(), { once: true })
  return promise.finally(cancelable.cancelar)
}
