import { Client, credentials, type Metadata } from '@grpc/grpc-js'
import type { Reserva } from 'sidecar/gen/vuelos.ts'
import { llamar, metadatos } from 'sidecar/llamar.ts'
import { deTexto } from 'sidecar/vuelos/fechas.ts'
import { ahoraMs } from './hijo.ts'
import type { Recibido } from './http_crudo.ts'
import { PEDIDO } from './peticiones.ts'

/** Una llamada a la vez por cada actor, durante `ms`. */
export type CargaGrpc = Readonly<{ direccion: string; actores: readonly string[]; ms: number }>

/** El mismo pedido que se hace por HTTP. */
const MENSAJE: Reserva = {
  itinerarios: PEDIDO.itinerarios.map(({ odos }) => ({
    odos: odos.map(({ segmentos }) => ({
      segmentos: segmentos.map(({ legs }) => ({
        legs: legs.map((leg) => ({ ...leg, fecha_salida: deTexto(leg.fecha_salida), fecha_llegada: deTexto(leg.fecha_llegada) })),
      })),
    })),
  })),
  estado: 'ESTADO_RESERVA_DESCONOCIDO',
  pasajeros: [],
}

/** Pide comandos por gRPC y cuenta los aceptados. Rechaza si uno no lo es. */
export const cargarGrpc = async ({ direccion, actores, ms }: CargaGrpc): Promise<Recibido> => {
  const cliente = new Client(direccion, credentials.createInsecure())
  const latencias: number[] = []
  const inicio = ahoraMs()
  const repetir = async (metadata: Metadata): Promise<void> => {
    for (let enviada = ahoraMs(); enviada < inicio + ms; enviada = ahoraMs()) {
      await llamar(cliente, 'crearReservaComando', MENSAJE, { metadata })
      latencias.push(ahoraMs() - enviada)
    }
  }
  try {
    await Promise.all(actores.map((actor) => repetir(metadatos({ 'x-actor': actor }))))
    return { inicio, fin: ahoraMs(), latencias }
  } finally {
    cliente.close()
  }
}
