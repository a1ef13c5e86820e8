import { Remediable } from './remediable.ts'

export type Escuchar = (donde: { host: string; puerto: number }) => Promise<string>

const PUERTOS_A_PROBAR = 20

/** Escucha en el puerto de `variable`. Uno pedido a propósito y ocupado es un error; el de siempre, ocupado, deja su lugar al siguiente libre. */
export const escucharDonde = async (
  escuchar: Escuchar,
  { host, puerto, variable }: { host: string; puerto: number; variable: string },
): Promise<string> => {
  const pedido = Boolean(process.env[variable])
  for (let intento = puerto; ; intento++) {
    try {
      return await escuchar({ host, puerto: intento })
    } catch (error) {
      if (!ocupado(error)) throw error
      if (pedido) throw new Remediable(`El puerto ${puerto} está ocupado. Libéralo, o elige otro con ${variable} (0 = cualquiera libre).`)
      if (intento - puerto >= PUERTOS_A_PROBAR)
        throw new Remediable(`Los puertos ${puerto} a ${intento} están ocupados. Elige uno con ${variable}.`)
    }
  }
}

const ocupado = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
