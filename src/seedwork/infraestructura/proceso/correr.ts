import { comoSeDice } from './remediable.ts'

const PLAZO_DE_CIERRE_MS = 10_000

export type Vida = Readonly<{
  /** Lo que se hará al terminar, en el orden contrario al que se dijo: lo último que empezó es lo primero que se detiene. */
  alTerminar: (paso: () => void | Promise<void>) => void
  /** Se pidió terminar: lo que aún se esperaba para estar listo ya no hace falta. */
  fin: AbortSignal
}>

/**
 * Corre un proceso hasta que se le pida terminar. La primera señal termina en orden y sale en 0, aunque no hubiera llegado a estar
 * listo; la segunda, ya. Pasado el plazo se sale igual: lo que no se saldó se repetirá al volver. Si `iniciar` falla, lo dice y sale en 1.
 */
export const correrProceso = async (iniciar: (vida: Vida) => Promise<void>): Promise<void> => {
  const pasos: (() => void | Promise<void>)[] = []
  const fin = new AbortController()
  const cerrar = async (): Promise<void> => {
    for (let paso = pasos.pop(); paso !== undefined; paso = pasos.pop()) await paso()
  }
  const terminar = (senal: NodeJS.Signals): void => {
    if (fin.signal.aborted) process.exit(senal === 'SIGINT' ? 130 : 143)
    setTimeout(() => process.exit(1), PLAZO_DE_CIERRE_MS).unref()
    fin.abort()
    cerrar().then(
      () => process.exit(0),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  // Sólo termina quien lo pide: un proceso que no escucha en ningún puerto y espera a que vuelva su broker no tiene nada más que lo sostenga.
  setInterval(() => {}, 2 ** 31 - 1)
  process.on('SIGTERM', terminar)
  process.on('SIGINT', terminar)
  try {
    await iniciar({ alTerminar: (paso) => void pasos.push(paso), fin: fin.signal })
  } catch (error) {
    if (fin.signal.aborted) return
    console.error(comoSeDice(error))
    process.exit(1)
  }
}
