import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { ServerCredentials } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import type { Planificador } from 'seedwork/infraestructura/puertos.ts'

/** Rutas de archivos PEM. Con `ca`, quien llama también debe presentar un certificado firmado por ella (mTLS). */
export type ArchivosTls = Readonly<{ cert: string; clave: string; ca?: string }>

type Partes = Readonly<{ archivos: ArchivosTls; bitacora: Logger; planificador: Planificador; cadaMs?: number }>
type Pem = Readonly<{ cert: Buffer; key: Buffer; ca?: Buffer }>

const CADA_MS = 5_000

class CredencialesRecargables extends ServerCredentials {
  constructor(pem: Pem) {
    super(pem.ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true }, { ...pem, minVersion: 'TLSv1.2' })
  }
  cambiar(pem: Pem): void {
    this.updateSecureContextOptions({ ...pem, minVersion: 'TLSv1.2' })
  }
  _equals(otras: ServerCredentials): boolean {
    return this === otras
  }
}

/**
 * Las credenciales de esos archivos, que se releen solos: las conexiones nuevas usan los que haya. Si los nuevos no sirven (a medio
 * escribir, o la clave no es la del certificado) siguen los anteriores y se anota. Rechaza si los primeros no sirven.
 */
export const credencialesTls = async ({ archivos, bitacora, planificador, cadaMs = CADA_MS }: Partes) => {
  let actual = await leer(archivos)
  const credenciales = new CredencialesRecargables(actual)
  let cerradas = false
  let espera = planificador.tras(cadaMs, () => void revisar())
  const revisar = async () => {
    try {
      const nuevo = await leer(archivos)
      if (!iguales(actual, nuevo)) {
        credenciales.cambiar(nuevo)
        actual = nuevo
        bitacora.info({ cert: archivos.cert }, 'certificado renovado')
      }
    } catch (error) {
      bitacora.error({ err: error }, 'el certificado nuevo no sirve; sigue el anterior')
    }
    if (!cerradas) espera = planificador.tras(cadaMs, () => void revisar())
  }
  return {
    credenciales,
    cerrar: () => {
      cerradas = true
      espera.cancelar()
    },
  }
}

const leer = async ({ cert, clave, ca }: ArchivosTls): Promise<Pem> => {
  const pem = { cert: await readFile(cert), key: await readFile(clave), ...(ca !== undefined && { ca: await readFile(ca) }) }
  createSecureContext(pem)
  return pem
}

const iguales = (uno: Pem, otro: Pem): boolean => {
  const bytes = ({ cert, key, ca }: Pem) => Buffer.concat([cert, key, ca ?? Buffer.alloc(0)])
  return bytes(uno).equals(bytes(otro))
}
