import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { estaOcupado } from 'seedwork/infraestructura/almacen/sqlite/errores.ts'
import { Remediable } from './remediable.ts'

const RAIZ = resolve(import.meta.dirname, '../..')
const DIRECCIONES = 'direcciones.json'
const CLAVE = 'clave-actor'
const BYTES_DE_CLAVE = 32

/** Dónde atiende un proceso que está listo. Quien automatiza lee este archivo, no el texto de la consola. */
export type Direcciones = Readonly<{ pid: number; api: string; grpc: string; ui: string }>

/** La carpeta de datos; una relativa cuelga de la raíz del repositorio, se ejecute desde donde se ejecute. */
export const prepararCarpeta = (datos: string): string => {
  const carpeta = resolve(RAIZ, datos)
  mkdirSync(carpeta, { recursive: true })
  return carpeta
}

export class CarpetaOcupada extends Remediable {
  /** Dónde atiende quien la tiene, si ya atiende. */
  readonly direcciones: Direcciones | undefined
  constructor(carpeta: string, direcciones: Direcciones | undefined) {
    const quien =
      direcciones === undefined ? 'otro proceso que está arrancando o deteniéndose' : `${direcciones.api} (pid ${direcciones.pid})`
    super(`La carpeta ${carpeta} ya la usa ${quien}. Detenlo, o elige otra con AEROALPES_DATOS.`)
    this.direcciones = direcciones
  }
}

/**
 * Toma la carpeta para este proceso; lanza `CarpetaOcupada` si otro la tiene. El candado es del sistema operativo: al morir el proceso,
 * de la forma que sea, queda libre.
 */
export const tomarCarpeta = (carpeta: string): { soltar: () => void } => {
  const candado = new DatabaseSync(join(carpeta, 'candado.db'))
  try {
    candado.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    candado.close()
    throw estaOcupado(error) ? new CarpetaOcupada(carpeta, leerDirecciones(carpeta)) : error
  }
  borrarDirecciones(carpeta)
  return { soltar: () => candado.close() }
}

export const escribirDirecciones = (carpeta: string, direcciones: Direcciones): void =>
  escribirEntero(join(carpeta, DIRECCIONES), `${JSON.stringify(direcciones)}\n`)

/** Ya no atiende nadie. */
export const borrarDirecciones = (carpeta: string): void => rmSync(join(carpeta, DIRECCIONES), { force: true })

const leerDirecciones = (carpeta: string): Direcciones | undefined => {
  const archivo = join(carpeta, DIRECCIONES)
  return existsSync(archivo) ? JSON.parse(readFileSync(archivo, 'utf8')) : undefined
}

/** La clave con que se firma quién pide; se crea la primera vez, sólo legible por su dueño. Una más corta se podría adivinar: lanza. */
export const leerClave = (carpeta: string): Buffer => {
  const archivo = join(carpeta, CLAVE)
  if (!existsSync(archivo)) escribirEntero(archivo, randomBytes(BYTES_DE_CLAVE).toString('base64url'), 0o600)
  const clave = Buffer.from(readFileSync(archivo, 'utf8'), 'base64url')
  if (clave.length < BYTES_DE_CLAVE) throw new Remediable(`La clave de ${archivo} está dañada. Borra ese archivo y se creará otra.`)
  return clave
}

/** Aparece entero o no aparece: se escribe aparte y se renombra. */
const escribirEntero = (archivo: string, texto: string, mode = 0o644): void => {
  const temporal = `${archivo}.tmp`
  writeFileSync(temporal, texto, { mode, flush: true })
  renameSync(temporal, archivo)
}
