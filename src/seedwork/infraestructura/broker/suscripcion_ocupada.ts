import { conflicto, type ErrorDominio } from '../../dominio/errores.ts'

/** Una suscripción exclusiva ya tiene su consumidor. */
export const suscripcionOcupada = (topico: string, nombre: string): ErrorDominio =>
  conflicto('suscripcion_ocupada', {
    es: `La suscripción exclusiva «${nombre}» de «${topico}» ya tiene su consumidor: sólo admite uno.`,
    en: `Exclusive subscription "${nombre}" of "${topico}" already has its consumer: it takes only one.`,
  })
