import { noDisponible } from 'seedwork/dominio/errores.ts'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'

/** Comandos aceptados y sin cumplir a partir de los cuales no se acepta otro. */
export const PENDIENTES_MAXIMOS = 10_000
/** Y cuánto puede llevar esperando el más antiguo que ya podría cumplirse. */
export const ESPERA_MAXIMA_MS = 30_000

/**
 * Un 202 es una promesa: lanza `cola_llena` (503) antes de escribir si la cola de quien la cumple no permite hacerlo pronto. Que se atrase
 * otro que también escucha el tópico no cuenta.
 */
export type Admision = () => void

export const crearAdmision =
  ({ broker, topico, nombre }: { broker: Pick<Broker, 'atrasos'>; topico: string; nombre: string }): Admision =>
  () => {
    for (const atraso of broker.atrasos())
      if (
        atraso.topico === topico &&
        atraso.suscripcion === nombre &&
        (atraso.pendientes >= PENDIENTES_MAXIMOS || atraso.edadMs > ESPERA_MAXIMA_MS)
      )
        throw colaLlena(atraso.edadMs)
  }

const colaLlena = (edadMs: number) =>
  noDisponible(
    'cola_llena',
    {
      es: 'Hay demasiados pedidos en espera; éste no se aceptó. Repite en un momento.',
      en: 'Too many requests are waiting; this one was not accepted. Try again in a moment.',
    },
    { reintentarEn: Math.min(60, Math.max(1, Math.ceil(edadMs / 1_000))) },
  )
