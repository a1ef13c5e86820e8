import { setTimeout as momento } from 'node:timers/promises'

const PLAZO_MS = 20_000
const ENTRE_MIRADAS_MS = 5

/** Espera un hecho; si no ocurre en el plazo, falla con su nombre. */
export const hasta = async (que: string, hecho: () => boolean | Promise<boolean>, plazoMs = PLAZO_MS): Promise<void> => {
  for (const limite = performance.now() + plazoMs; !(await hecho()); await momento(ENTRE_MIRADAS_MS))
    if (performance.now() > limite) throw new Error(`no ocurrió en ${plazoMs} ms: ${que}`)
}
