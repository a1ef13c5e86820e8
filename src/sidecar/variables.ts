import { variablesDeApi } from 'seedwork/infraestructura/proceso/variables.ts'
import { puerto, texto, unoDe, VariablesInvalidas } from 'seedwork/infraestructura/variables.ts'
import type { ArchivosTls } from './grpc/tls.ts'

/** Lo que el adaptador gRPC lee de su entorno, y nada más. */
export const variablesSidecar = {
  SIDECAR_HOST: texto('127.0.0.1'),
  SIDECAR_PUERTO: puerto(50051),
  ...variablesDeApi,
  SIDECAR_REFLEXION: unoDe('0', '1'),
  SIDECAR_TLS_CERT: texto(''),
  SIDECAR_TLS_CLAVE: texto(''),
  SIDECAR_TLS_CA: texto(''),
  SIDECAR_INSEGURO: unoDe('0', '1'),
}

type Tls = Readonly<Record<'SIDECAR_TLS_CERT' | 'SIDECAR_TLS_CLAVE' | 'SIDECAR_TLS_CA', string>>

/** Los archivos de TLS, si se pidió. Lanza `VariablesInvalidas` si falta la mitad. */
export const archivosTls = ({ SIDECAR_TLS_CERT: cert, SIDECAR_TLS_CLAVE: clave, SIDECAR_TLS_CA: ca }: Tls): ArchivosTls | undefined => {
  if (cert === '' && clave === '' && ca === '') return undefined
  if (cert === '' || clave === '')
    throw new VariablesInvalidas(['SIDECAR_TLS_CERT y SIDECAR_TLS_CLAVE: van juntas; SIDECAR_TLS_CA las necesita.'])
  return { cert, clave, ...(ca !== '' && { ca }) }
}
