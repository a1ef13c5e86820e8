import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { estaOcupado } from '../almacen/sqlite/errores.ts'
import { borrarDirecciones, type Direcciones, leerDirecciones } from './direcciones.ts'
import { Remediable } from './remediable.ts'

const RAIZ = resolve(import.meta.dirname, '../../../..')

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
 * de la forma que sea, queda libre. La tienen `npm start` o la API sola: lo que otro de ellos dejó dicho ya no vale.
 */
export const tomarCarpeta = (carpeta: string): { soltar: () => void } => {
  mkdirSync(carpeta, { recursive: true })
  const candado = new DatabaseSync(join(carpeta, 'candado.db'))
  try {
    candado.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    candado.close()
    throw estaOcupado(error) ? new CarpetaOcupada(carpeta, leerDirecciones(carpeta) ?? leerDirecciones(carpeta, 'api')) : error
  }
  borrarDirecciones(carpeta)
  borrarDirecciones(carpeta, 'api')
  return { soltar: () => candado.close() }
}
