import { status } from '@grpc/grpc-js'
import { type Descriptor, descriptores } from './gen/descriptores.ts'
import type { ServerReflectionRequest, ServerReflectionResponse, ServerReflectionServer } from './gen/grpc/reflection/v1/reflection.ts'
import { FallaDeSidecar } from './grpc/estados.ts'

type Respuesta = NonNullable<ServerReflectionResponse['message_response']>

const porNombre = (nombre: string): Descriptor | undefined => descriptores.find((uno) => uno.nombre === nombre)

/** El archivo y todos de los que depende, cada uno una vez. */
const conDependencias = (descriptor: Descriptor): readonly Descriptor[] => {
  const vistos = new Set([descriptor])
  for (const { dependencias } of vistos) for (const nombre of dependencias) vistos.add(porNombre(nombre) ?? descriptor)
  return [...vistos]
}

const archivos = (descriptor: Descriptor | undefined): Respuesta =>
  descriptor === undefined
    ? { $case: 'error_response', value: { error_code: status.NOT_FOUND, error_message: 'No es de este servidor.' } }
    : {
        $case: 'file_descriptor_response',
        value: { file_descriptor_proto: conDependencias(descriptor).map(({ base64 }) => Buffer.from(base64, 'base64')) },
      }

const responder = ({ message_request: pedido }: ServerReflectionRequest, servicios: readonly string[]): Respuesta => {
  switch (pedido?.$case) {
    case 'list_services':
      return { $case: 'list_services_response', value: { service: servicios.map((name) => ({ name })) } }
    case 'file_by_filename':
      return archivos(porNombre(pedido.value))
    case 'file_containing_symbol':
      return archivos(descriptores.find(({ simbolos }) => simbolos.includes(pedido.value)))
    default:
      // Este contrato no tiene extensiones.
      return archivos(undefined)
  }
}

/** `grpc.reflection.v1`: el contrato, preguntado al servidor, desde los descriptores ya compilados. */
export const servicioDeReflexion = (servicios: readonly string[]): ServerReflectionServer => ({
  serverReflectionInfo: (call) => {
    call.on('data', (pedido: ServerReflectionRequest) => {
      if (pedido instanceof FallaDeSidecar) call.emit('error', { code: status.INVALID_ARGUMENT, details: pedido.message })
      else call.write({ valid_host: pedido.host, original_request: pedido, message_response: responder(pedido, servicios) })
    })
    call.on('end', () => call.end())
    call.on('error', () => {})
  },
})
