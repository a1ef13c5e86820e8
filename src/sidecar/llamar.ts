import { type CallOptions, type Client, Metadata, type MethodDefinition } from '@grpc/grpc-js'
import { VuelosService } from './gen/vuelos.ts'

type Servicio = typeof VuelosService
type Unario = { [K in keyof Servicio]: Servicio[K]['responseStream'] extends false ? K : never }[keyof Servicio]
type PedidoDe<K extends Unario> = Parameters<Servicio[K]['requestSerialize']>[0]
type RespuestaDe<K extends Unario> = ReturnType<Servicio[K]['responseDeserialize']>
type Opciones = CallOptions & Readonly<{ metadata: Metadata }>

/** Los metadatos de una llamada. */
export const metadatos = (pares: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata()
  for (const [nombre, valor] of Object.entries(pares)) metadata.set(nombre, valor)
  return metadata
}

/** Un método de una respuesta, como promesa. Rechaza con el `ServiceError`. */
export const llamar = <K extends Unario>(
  cliente: Client,
  metodo: K,
  pedido: PedidoDe<K>,
  { metadata = new Metadata(), ...opciones }: Partial<Opciones> = {},
): Promise<RespuestaDe<K>> => {
  const { path, requestSerialize, responseDeserialize } = VuelosService[metodo] as unknown as MethodDefinition<PedidoDe<K>, RespuestaDe<K>>
  return new Promise((resolver, rechazar) => {
    cliente.makeUnaryRequest(path, requestSerialize, responseDeserialize, pedido, metadata, opciones, (error, respuesta) =>
      error === null && respuesta !== undefined ? resolver(respuesta) : rechazar(error),
    )
  })
}
