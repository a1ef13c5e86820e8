import { crc32 } from 'node:zlib'
import type { ErrorDominio } from '../../dominio/errores.ts'
import { Calculado, type Dialecto, type Valor } from './consultas.ts'
import { filaDanada } from './errores.ts'

/** Lo que una fila guarda para saber si sigue siendo la que se escribió. Falta en las de antes de que hubiera sumas. */
export type Sumada<C extends string = 'suma'> = Readonly<Record<C, number | null>>

export type Suma<F extends object, C extends string = 'suma'> = Readonly<{
  tabla: string
  /** La suma de una fila. */
  de: (fila: F) => number
  /**
   * Lo que una consulta guarda en la columna: la suma de sus parámetros, que son la fila si `fila` no dice otra. En PostgreSQL, nada: sus
   * páginas llevan la suya, y un proceso de la versión anterior, que no sabe de ésta, podría cambiar la fila mientras se actualiza.
   */
  columna: <P extends object = F>(dialecto: Dialecto, fila?: (parametros: P) => F) => number | null
  /** La fila, sin su suma. Lanza `fila_danada` si no es la que se escribió. Una sin suma se da por buena. */
  exigir: <G extends F & Sumada<C>>(fila: G) => Omit<G, C>
}>

/**
 * La suma de las filas de una tabla, que se guarda en su columna `en`. `columnas` las nombra todas: un CRC-32 ve cualquier cambio de un
 * bit en lo que cubre, y sólo en eso. Cada valor va con su clase y su largo, para que un nulo, un texto y unos bytes no puedan sumar lo
 * mismo.
 */
export const sumaDe = <F extends object, C extends string = 'suma'>(
  tabla: string,
  columnas: Readonly<Record<keyof F & string, true>>,
  en = 'suma' as C,
): Suma<F, C> => {
  const nombres = Object.keys(columnas) as (keyof F & string)[]
  const de = (fila: F): number => {
    let texto = ''
    let bytes = 0
    for (const nombre of nombres) {
      const valor = fila[nombre] as Valor
      if (valor instanceof Uint8Array) bytes = crc32(valor, bytes)
      texto += conClase(valor)
    }
    return crc32(texto, bytes)
  }
  return {
    tabla,
    de,
    columna: (dialecto, fila = (parametros) => parametros as unknown as F) =>
      dialecto === 'sqlite' ? (new Calculado((parametros) => de(fila(parametros as never))) as unknown as number) : null,
    exigir: (leida) => {
      const { [en]: suma, ...fila } = leida
      if (suma !== null && suma !== de(leida)) throw contada(filaDanada(tabla))
      return fila
    },
  }
}

const conClase = (valor: Valor): string => {
  if (typeof valor === 'string') return `t${valor.length}:${valor}`
  if (valor instanceof Uint8Array) return `b${valor.length}:`
  return `${valor === null ? 'n' : 'i'}${valor}:`
}

let vistas = 0

/** Cuántas veces este proceso leyó una fila dañada. */
export const filasDanadas = (): number => vistas

const contada = (error: ErrorDominio): ErrorDominio => {
  vistas++
  return error
}
