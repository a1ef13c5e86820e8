import pino, { type DestinationStream, type Logger } from 'pino'
import sonicBoom from 'sonic-boom'

/** Cuántos caracteres se juntan antes de escribirlos, y cuánto esperan los que no llegaron a tantos. */
const JUNTAR = 16_384
const ESPERA_MS = 100

export type DestinoDeBitacora = DestinationStream & Readonly<{ flushSync: () => void }>

/**
 * Adonde van las líneas, de a muchas: una escritura por línea costaba la vigésima parte de responder. Se juntan aquí y no en `sonic-boom`, que
 * con cada línea vuelve a medir todo lo que lleva. Al salir del proceso se escribe lo que quede; una muerte de golpe pierde las últimas. Si
 * quien las leía se fue, se dejan caer: ni detienen al proceso ni cambian cómo termina.
 */
export const destinoDeBitacora = (dest: number | string): DestinoDeBitacora => {
  const archivo = new sonicBoom.SonicBoom({ dest, sync: false })
  let juntas = ''
  let hayLector = true
  const siFalla = (error: Error & { code?: string }): void => {
    if (error.code !== 'EPIPE') throw error
    hayLector = false
  }
  const escribir = (): void => {
    if (hayLector && juntas !== '') archivo.write(juntas)
    juntas = ''
  }
  const flushSync = (): void => {
    escribir()
    if (!hayLector) return
    try {
      archivo.flushSync()
    } catch (error) {
      siFalla(error as Error)
    }
  }
  archivo.on('error', siFalla)
  setInterval(escribir, ESPERA_MS).unref()
  process.on('exit', flushSync)
  return {
    write: (linea) => {
      juntas += linea
      if (juntas.length >= JUNTAR) escribir()
    },
    flushSync,
  }
}

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
