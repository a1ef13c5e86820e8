import { noDisponible } from '../../dominio/errores.ts'
import type { Planificador } from '../puertos.ts'
import type { Middleware } from './paso.ts'

/** Falla el intento que pasa de `ms`. Lo que llegue después de él ya no salda la entrega, así que su tx no se confirma. */
export const conPlazo =
  ({ ms, planificador }: { ms: number; planificador: Planificador }): Middleware =>
  (siguiente) =>
  async (enCurso) => {
    const { promise: vencido, reject } = Promise.withResolvers<never>()
    const alarma = planificador.tras(ms, () => reject(plazoVencido(ms)))
    try {
      await Promise.race([siguiente(enCurso), vencido])
    } finally {
      alarma.cancelar()
    }
  }

const plazoVencido = (ms: number) =>
  noDisponible('plazo_vencido', { es: `El mensaje no se procesó en ${ms} ms.`, en: `The message was not processed within ${ms} ms.` })
