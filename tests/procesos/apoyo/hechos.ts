import { setTimeout as pausa } from 'node:timers/promises'

const PLAZO_MS = 20_000
const ENTRE_MIRADAS_MS = 5

/** Mira hasta que `mirar` da algo y lo devuelve; si en el plazo no ocurre, falla diciendo qué se esperaba. */
export const hastaQue = async <T>(
  que: string,
  mirar: () => T | undefined | false | Promise<T | undefined | false>,
  plazoMs = PLAZO_MS,
): Promise<T> => {
  for (const limite = performance.now() + plazoMs; performance.now() < limite; await pausa(ENTRE_MIRADAS_MS)) {
    const visto = await mirar()
    if (visto !== undefined && visto !== false) return visto
  }
  throw new Error(`En ${plazoMs} ms no ocurrió: ${que}`)
}

/** Corre `tarea` sobre cada uno, unos pocos a la vez. */
export const deAPocos = async <T>(cosas: readonly T[], tarea: (cosa: T) => Promise<void>, aLaVez = 12): Promise<void> => {
  const quedan = [...cosas]
  const turno = async (): Promise<void> => {
    for (let cosa = quedan.pop(); cosa !== undefined; cosa = quedan.pop()) await tarea(cosa)
  }
  await Promise.all(Array.from({ length: aLaVez }, turno))
}
