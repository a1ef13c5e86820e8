import { ErrorDominio } from '../../dominio/errores.ts'
import { causaDe } from '../broker/causa.ts'
import type { Azar } from '../puertos.ts'
import type { Middleware } from './paso.ts'

/** Lo que se espera antes de cada intento después del primero: dos enseguida y tres cada vez más tarde. */
export const ESPERAS_MS = [0, 0, 10_000, 20_000, 30_000] as const

/**
 * Repite lo que puede salir bien después. No repite lo que nunca saldrá (una regla, un mensaje que no se entiende), y no se cansa de lo
 * que no es culpa del mensaje (`no_disponible`). Lo demás, agotados los intentos, lo deja pasar hacia quien lo aparte.
 */
export const conReintento =
  ({ azar }: { azar: Azar }): Middleware =>
  (siguiente) =>
  async (enCurso) => {
    try {
      await siguiente(enCurso)
    } catch (error) {
      const espera = esperaTras(error, enCurso.entrega.intento)
      if (espera === undefined) throw error
      await enCurso.entrega.rechazar(conDispersion(espera, azar), causaDe(error))
    }
  }

const esperaTras = (error: unknown, intento: number): number | undefined => {
  const clase = error instanceof ErrorDominio ? error.clase : undefined
  if (clase === 'no_disponible') return ESPERAS_MS[intento - 1] ?? ESPERAS_MS.at(-1)
  const repetible = clase === undefined || clase === 'conflicto' || clase === 'interno'
  return repetible ? ESPERAS_MS[intento - 1] : undefined
}

/** Entre la mitad y el total de la espera: los que fallaron juntos no vuelven juntos. */
const conDispersion = (ms: number, azar: Azar): number => Math.round(ms * (0.5 + azar() / 2))
