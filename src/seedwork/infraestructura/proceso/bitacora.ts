import pino, { type DestinationStream, type Logger } from 'pino'

/** JSON por línea, sin detener a quien escribe; en una terminal, para leer. `vaciar` antes de salir. */
export const abrirBitacora = async (nivel: string): Promise<{ bitacora: Logger; vaciar: () => void }> => {
  if (process.stdout.isTTY) {
    const { default: pretty } = await import('pino-pretty')
    const destino: DestinationStream = pretty({ destination: 1, sync: true, ignore: 'pid,hostname' })
    return { bitacora: pino({ level: nivel }, destino), vaciar: () => {} }
  }
  const destino = pino.destination({ dest: 1, sync: false })
  return { bitacora: pino({ level: nivel }, destino), vaciar: () => destino.flushSync() }
}
