import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'

const PRIMERA_MS = 250
const ULTIMA_MS = 10_000

/** Lo que se pide ya no se conserva, o es de otra historia de los datos. */
export const esPosicionPerdida = (error: unknown): boolean => error instanceof ErrorDominio && error.codigo === 'posicion_perdida'

/** Lo que se espera tras `fallas` fallas seguidas: el doble cada vez, disperso para que los que fallaron juntos no vuelvan juntos. */
export const esperaTras = (fallas: number, azar: Entorno['azar']): number =>
  Math.min(PRIMERA_MS * 2 ** Math.max(0, fallas - 1), ULTIMA_MS) * (0.5 + azar() / 2)

/** Resuelve pasados `ms`, o en cuanto `senal` aborte. */
export const dormir = (
  ms: number,
  { planificador, senal }: Readonly<{ planificador: Entorno['planificador']; senal: AbortSignal }>,
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const despertar = () => resolve()
  const cancelable = planificador.tras(ms, despertar)
  senal.addEventListener('abort', despertar, { once: true })
  if (senal.aborted) despertar()
  return promise.finally(() => {
    cancelable.cancelar()
    senal.removeEventListener('abort', despertar)
  })
}

/** Deja pasar la entrada y salida pendiente: leer mucho seguido no detiene a los demás. */
export const ceder = (planificador: Entorno['planificador']): Promise<void> =>
  new Promise((resolver) => planificador.enseguida(() => resolver()))
