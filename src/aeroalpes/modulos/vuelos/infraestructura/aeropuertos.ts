import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Aeropuertos, crear_aeropuertos, type Lugar } from '../dominio/aeropuertos.ts'
import { CENTROS } from '../dominio/red/aerolineas.ts'

const ARCHIVO = join(import.meta.dirname, 'datos/aeropuertos.tsv')

const leerLinea = (linea: string): Lugar => {
  const [codigo = '', nombre = '', ciudad = '', pais = '', zona = '', latitud, longitud, internacional] = linea.split('\t')
  return { codigo, nombre, ciudad, pais, zona, latitud: Number(latitud), longitud: Number(longitud), internacional: internacional === '1' }
}

let leidos: Aeropuertos | undefined

/** La lista que se guarda con el código. Leerla y prepararla toma decenas de ms: se hace una vez por proceso. */
export const leerAeropuertos = (): Aeropuertos => {
  leidos ??= leer()
  return leidos
}

const leer = (): Aeropuertos => {
  const lineas = readFileSync(ARCHIVO, 'utf8').split('\n')
  return crear_aeropuertos(lineas.filter((linea) => linea !== '' && !linea.startsWith('#')).map(leerLinea), CENTROS)
}
