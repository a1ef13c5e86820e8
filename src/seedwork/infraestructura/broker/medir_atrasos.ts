import { Gauge, type Registry } from 'prom-client'
import type { Atraso, Broker } from './puerto.ts'

/** Añade a `registro` lo que le falta por saldar a cada suscripción de este proceso. Se pregunta al leer las medidas. */
export const medirAtrasos = (registro: Registry, broker: Pick<Broker, 'atrasos'>): void => {
  const medir = (name: string, help: string, valor: (atraso: Atraso) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['topico', 'suscripcion'],
      registers: [registro],
      collect() {
        // Lo que ya no tiene atraso deja de estar: sin esto se quedaría con el último.
        this.reset()
        for (const atraso of broker.atrasos()) this.set({ topico: atraso.topico, suscripcion: atraso.suscripcion }, valor(atraso))
      },
    })
  medir('broker_pendientes', 'Mensajes sin saldar por suscripción', ({ pendientes }) => pendientes)
  medir('broker_atraso_segundos', 'Cuánto lleva esperando el mensaje entregable más antiguo', ({ edadMs }) => edadMs / 1_000)
}
