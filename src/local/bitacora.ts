import pino, { type DestinationStream, type Logger } from 'pino'
import pretty from 'pino-pretty'

/** JSON por línea, sin detener a quien escribe; en una terminal, para leer. `vaciar` antes de salir. */
export const abrirBitacora = (nivel: string): { bitacora: Logger; vaciar: () => void } => {
  const destino = process.stdout.isTTY
    ? pretty({ destination: 1, sync: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 1, sync: false })
  return {
    bitacora: pino({ level: nivel }, destino as DestinationStream),
    vaciar: () => {
      if ('flushSync' in destino) destino.flushSync()
    },
  }
}
