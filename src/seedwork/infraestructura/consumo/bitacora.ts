import type { Logger } from 'pino'
import type { Reloj } from '../puertos.ts'
import type { Middleware } from './paso.ts'

/** Una línea por mensaje: qué era, de qué conversación, cómo terminó y cuánto tomó. */
export const conBitacora =
  ({
    bitacora,
    reloj,
    consumidor,
  }: {
    bitacora: Pick<Logger, 'debug' | 'warn' | 'isLevelEnabled'>
    reloj: Reloj
    consumidor: string
  }): Middleware =>
  (siguiente) =>
  async (enCurso) => {
    const { mensaje, intento } = enCurso.entrega
    const inicio = reloj.monotono()
    const datos = () => ({
      consumidor,
      topico: mensaje.topico,
      tipo: mensaje.propiedades.type,
      mensaje: mensaje.id,
      correlacion: enCurso.origen.correlacion,
      intento,
      ms: Math.round((reloj.monotono() - inicio) * 100) / 100,
    })
    try {
      await siguiente(enCurso)
      if (bitacora.isLevelEnabled('debug')) bitacora.debug(datos(), 'mensaje procesado')
    } catch (error) {
      bitacora.warn({ ...datos(), err: error }, 'mensaje fallido')
      throw error
    }
  }
