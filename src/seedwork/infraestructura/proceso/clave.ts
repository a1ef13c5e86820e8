import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Variable } from '../variables.ts'
import { crearEntero } from './archivo_entero.ts'
import { Remediable } from './remediable.ts'

const CLAVE = 'clave-actor'
const BYTES = 32

/** Una clave más corta se podría adivinar. */
const deTexto = (texto: string): Buffer | undefined => {
  const clave = Buffer.from(texto, 'base64url')
  return clave.length < BYTES ? undefined : clave
}

/**
 * La clave con que se firma quién pide, de `carpeta`. La crea el primero que la necesita, sólo legible por su dueño: los procesos que
 * comparten carpeta comparten clave. Lanza si está dañada.
 */
export const leerClave = (carpeta: string): Buffer => {
  const archivo = join(carpeta, CLAVE)
  if (!existsSync(archivo)) crearEntero(archivo, randomBytes(BYTES).toString('base64url'))
  const clave = deTexto(readFileSync(archivo, 'utf8'))
  if (clave === undefined) throw new Remediable(`La clave de ${archivo} está dañada. Borra ese archivo y se creará otra.`)
  return clave
}

/** La misma clave, dicha en una variable: para los procesos que no comparten carpeta. Sin ella, la de la carpeta. */
export const claveActor: Variable<Buffer | ''> = {
  defecto: '',
  secreta: true,
  debeSer: `${BYTES} bytes o más en base64url`,
  leer: (texto) => (texto === '' ? '' : deTexto(texto)),
}

/** La clave de un proceso: la que dice su variable o, si no dice ninguna, la de su carpeta. */
export const claveDe = ({ AEROALPES_CLAVE_ACTOR: dicha }: Readonly<{ AEROALPES_CLAVE_ACTOR: Buffer | '' }>, carpeta: string): Buffer =>
  dicha === '' ? leerClave(carpeta) : dicha
