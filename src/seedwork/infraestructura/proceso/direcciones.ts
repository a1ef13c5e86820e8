import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { escribirEntero } from './archivo_entero.ts'

/** Los procesos que se despliegan por su cuenta. */
export type NombreDeProceso = 'api' | 'notificaciones' | 'sidecar' | 'ui'

/** Dónde atiende un proceso que está listo. Quien automatiza lee este archivo, no el texto de la consola. */
export type Direcciones = Readonly<{ pid: number; api?: string; ui?: string; grpc?: string; broker?: string; notificaciones?: string }>

const archivoDe = (carpeta: string, proceso: NombreDeProceso | undefined): string =>
  join(carpeta, proceso === undefined ? 'direcciones.json' : `direcciones-${proceso}.json`)

/** Sin `proceso` son las de `npm start`. */
export const escribirDirecciones = (carpeta: string, direcciones: Direcciones, proceso?: NombreDeProceso): void =>
  escribirEntero(archivoDe(carpeta, proceso), `${JSON.stringify(direcciones)}\n`)

/** Ya no atiende nadie. */
export const borrarDirecciones = (carpeta: string, proceso?: NombreDeProceso): void => rmSync(archivoDe(carpeta, proceso), { force: true })

export const leerDirecciones = (carpeta: string, proceso?: NombreDeProceso): Direcciones | undefined => {
  const archivo = archivoDe(carpeta, proceso)
  return existsSync(archivo) ? JSON.parse(readFileSync(archivo, 'utf8')) : undefined
}
