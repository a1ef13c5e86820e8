import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const RAIZ = resolve(import.meta.dirname, '../..')
const DIRECCIONES = 'direcciones.json'
const CLAVE = 'clave-actor'

/** Dónde atiende un proceso que está listo. Quien automatiza lee este archivo, no el texto de la consola. */
export type Direcciones = Readonly<{ pid: number; api: string }>

/** La carpeta de datos; una relativa cuelga de la raíz del repositorio, se ejecute desde donde se ejecute. */
export const prepararCarpeta = (datos: string): string => {
  const carpeta = resolve(RAIZ, datos)
  mkdirSync(carpeta, { recursive: true })
  return carpeta
}

export class CarpetaOcupada extends Error {
  constructor(carpeta: string, direcciones: Direcciones | undefined) {
    const quien = direcciones === undefined ? 'otro proceso que aún está arrancando' : `${direcciones.api} (pid ${direcciones.pid})`
    super(`La carpeta ${carpeta} ya la usa ${quien}. Detenlo, o elige otra con AEROALPES_DATOS.`)
    this.name = 'CarpetaOcupada'
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
  } catch {
    candado.close()
    throw new CarpetaOcupada(carpeta, leerDirecciones(carpeta))
  }
  rmSync(join(carpeta, DIRECCIONES), { force: true })
  return {
    soltar: () => {
      rmSync(join(carpeta, DIRECCIONES), { force: true })
      candado.close()
    },
  }
}

/** Aparece entero o no aparece: se escribe aparte y se renombra. */
export const escribirDirecciones = (carpeta: string, direcciones: Direcciones): void => {
  const temporal = join(carpeta, `${DIRECCIONES}.tmp`)
  writeFileSync(temporal, `${JSON.stringify(direcciones)}\n`)
  renameSync(temporal, join(carpeta, DIRECCIONES))
}

export const leerDirecciones = (carpeta: string): Direcciones | undefined => {
  const archivo = join(carpeta, DIRECCIONES)
  return existsSync(archivo) ? JSON.parse(readFileSync(archivo, 'utf8')) : undefined
}

/** La clave con que se firma quién pide; se crea la primera vez, sólo legible por su dueño. */
export const leerClave = (carpeta: string): Buffer => {
  const archivo = join(carpeta, CLAVE)
  if (!existsSync(archivo)) writeFileSync(archivo, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
  return Buffer.from(readFileSync(archivo, 'utf8'), 'base64url')
}
