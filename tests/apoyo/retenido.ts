import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'

/**
 * El mismo broker, con el consumidor de `topico` detenido: toma un mensaje y no sigue hasta que se lo `suelta`. Lo que se publica
 * mientras tanto espera en la cola de verdad.
 */
export const consumidorRetenido = (topico: string): Readonly<{ broker: (broker: Broker) => Broker; soltar: () => void }> => {
  const { promise: suelto, resolve: soltar } = Promise.withResolvers<void>()
  return {
    soltar,
    broker: (broker) => ({
      ...broker,
      suscribir: (suscripcion) =>
        broker.suscribir(
          suscripcion.topico !== topico
            ? suscripcion
            : { ...suscripcion, permisos: 1, manejar: (entrega) => suelto.then(() => suscripcion.manejar(entrega)) },
        ),
    }),
  }
}
