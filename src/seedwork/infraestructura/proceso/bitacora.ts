import pino, { type DestinationStream, type Logger } from 'pino'

/** Cuántos bytes se juntan antes de escribirlos, y cuánto espera lo que no llegó a tantos. */
const JUNTAR = { minLength: 8_192, periodicFlush: 100 }

/** Adonde van las líneas, de a muchas: una escritura por línea costaba la vigésima parte de responder. Una muerte de golpe pierde las últimas. */
export const destinoDeBitacora = (dest: number | string) => pino.destination({ dest, sync: false, ...JUNTAR })

/** JSON por línea, sin detener a quien escribe; en una terminal, para leer. `vaciar` antes de salir. */
export const abrirBitacora = async (nivel: string): Promise<{ bitacora: Logger; vaciar: () => void }> => {
  if (process.stdout.isTTY) {
    const { default: pretty } = await import('pino-pretty')
    const destino: DestinationStream = pretty({ destination: 1, sync: true, ignore: 'pid,hostname' })
    return { bitacora: pino({ level: nivel }, destino), vaciar: () => {} }
  }
  const destino = destinoDeBitacora(1)
  return { bitacora: pino({ level: nivel }, destino), vaciar: () => destino.flushSync() }
}
