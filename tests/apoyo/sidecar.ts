import { type ClientReadableStream, credentials, type ServiceError } from '@grpc/grpc-js'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { bitacoraEnMemoria } from 'seedwork/presentacion/servidor_de_prueba.ts'
import { BadRequest, ErrorInfo, RetryInfo, Status } from 'sidecar/gen/google/rpc/status.ts'
import { type Reserva, VuelosClient } from 'sidecar/gen/vuelos.ts'
import { crearSidecar, type PartesDeSidecar } from 'sidecar/servidor.ts'
import { deTexto } from 'sidecar/vuelos/fechas.ts'
import { lugarElegido, type SidecarDePrueba } from './lugar.ts'
import { unPedido } from './pedidos.ts'

export type { SidecarDePrueba } from './lugar.ts'

export type OpcionesDeSidecar = Pick<PartesDeSidecar, 'api'> & Partial<PartesDeSidecar>

/** El de este proceso; con nada más que `api`, el del lugar que se haya elegido (`lugar.ts`). */
export const abrirSidecar = async (opciones: OpcionesDeSidecar): Promise<SidecarDePrueba> =>
  (Object.keys(opciones).length === 1 ? await lugarElegido()?.abrirSidecar(opciones.api) : undefined) ?? enEsteProceso(opciones)

const enEsteProceso = async ({ entorno = entornoReal, ...partes }: OpcionesDeSidecar): Promise<SidecarDePrueba> => {
  const { bitacora, lineas } = bitacoraEnMemoria()
  const { escuchar, detener } = await crearSidecar({ bitacora, entorno, ...partes })
  const direccion = await escuchar({ host: '127.0.0.1', puerto: 0 })
  const cliente = new VuelosClient(direccion, credentials.createInsecure())
  return {
    direccion,
    cliente,
    lineas,
    detener,
    cerrar: async () => {
      cliente.close()
      await detener()
    },
  }
}

/** Cómo terminó una llamada que no terminó bien, con sus detalles ya leídos. */
export type Falla = Readonly<{
  code: number
  details: string
  correlacion: string | undefined
  estado?: Status
  info?: ErrorInfo
  campos: BadRequest['field_violations']
  reintentarEn?: number
}>

const leerDetalle = <T>(estado: Status | undefined, tipo: string, leer: (bytes: Uint8Array) => T): T | undefined => {
  const any = estado?.details.find(({ type_url }) => type_url === `type.googleapis.com/google.rpc.${tipo}`)
  return any === undefined ? undefined : leer(any.value)
}

export const fallaDe = ({ code, details, metadata }: ServiceError): Falla => {
  const [bytes] = metadata.get('grpc-status-details-bin')
  const estado = Buffer.isBuffer(bytes) ? Status.decode(bytes) : undefined
  const info = leerDetalle(estado, 'ErrorInfo', ErrorInfo.decode)
  const reintento = leerDetalle(estado, 'RetryInfo', RetryInfo.decode)?.retry_delay
  return {
    code,
    details,
    correlacion: metadata.get('x-correlation-id')[0]?.toString(),
    ...(estado !== undefined && { estado }),
    ...(info !== undefined && { info }),
    campos: leerDetalle(estado, 'BadRequest', BadRequest.decode)?.field_violations ?? [],
    ...(reintento !== undefined && { reintentarEn: Number(reintento.seconds) }),
  }
}

/** La falla de una llamada; rechaza si terminó bien. */
export const fallar = (llamada: Promise<unknown>): Promise<Falla> =>
  llamada.then(
    (respuesta) => Promise.reject(new Error(`Se esperaba una falla y se respondió ${JSON.stringify(respuesta)}`)),
    (error: ServiceError) => fallaDe(error),
  )

/** Todo lo que un flujo trae hasta terminar. */
export const todo = async <R>(flujo: ClientReadableStream<R>): Promise<readonly R[]> => {
  const recibidos: R[] = []
  for await (const uno of flujo) recibidos.push(uno)
  return recibidos
}

type LegJson = Readonly<{ fecha_salida: string; fecha_llegada: string; origen: Lugar; destino: Lugar }>
type Lugar = Readonly<{ codigo: string; nombre: string }>
type PedidoJson = Readonly<{ itinerarios: { odos: { segmentos: { legs: LegJson[] }[] }[] }[] }>

/** El mismo pedido que se haría por HTTP, como mensaje; sin argumentos, BOG → JFK. */
export const enMensaje = (pedido: object = unPedido(), cambios: Partial<Reserva> = {}): Reserva => ({
  itinerarios: (pedido as PedidoJson).itinerarios.map(({ odos }) => ({
    odos: odos.map(({ segmentos }) => ({
      segmentos: segmentos.map(({ legs }) => ({
        legs: legs.map(({ fecha_salida, fecha_llegada, origen, destino }) => ({
          fecha_salida: deTexto(fecha_salida),
          fecha_llegada: deTexto(fecha_llegada),
          origen,
          destino,
        })),
      })),
    })),
  })),
  estado: 'ESTADO_RESERVA_DESCONOCIDO',
  pasajeros: [],
  ...cambios,
})
