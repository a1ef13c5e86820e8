import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ARCHIVOS, type Ley } from '../comprobador/historia.ts'
import { carpetaNueva } from './carpetas.ts'
import { juzgarAparte } from './escena.ts'

/** Lo que se le hace a la copia de una historia verdadera: a qué archivo, cómo quedan sus líneas, y la ley que ya no se cumple. */
const TRUCOS: readonly Readonly<{ archivo: string; ley: Ley; trucar: (lineas: readonly string[]) => readonly string[] }>[] = [
  { archivo: ARCHIVOS.topicos, ley: 'L1', trucar: (lineas) => lineas.filter((linea) => linea !== lineas.find(esComando)) },
  { archivo: ARCHIVOS.topicos, ley: 'L2', trucar: (lineas) => [...lineas, ...lineas.slice(-1)] },
  { archivo: ARCHIVOS.topicos, ley: 'L3', trucar: (lineas) => lineas.toReversed() },
  {
    archivo: ARCHIVOS.base,
    ley: 'L6',
    trucar: (lineas) => lineas.filter((linea) => linea !== lineas.find((una) => una.includes('"resumen"'))),
  },
  ...['pagina-1.jsonl', 'pagina-2.jsonl'].flatMap((archivo) => [
    { archivo, ley: 'L7', trucar: (lineas: readonly string[]) => [...lineas, ...lineas.filter(esMostrada).slice(-1)] } as const,
    { archivo, ley: 'L7', trucar: (lineas: readonly string[]) => lineas.filter((linea) => linea !== lineas.find(esMostrada)) } as const,
  ]),
  { archivo: ARCHIVOS.buzon, ley: 'L8', trucar: (lineas) => [...lineas, '{"evento":"ninguno"}'] },
]

const esMostrada = (linea: string): boolean => /"(?:evento|operacion)":/.test(linea)
const esComando = (linea: string): boolean => linea.includes('"comandos-reserva"')

/** Si el comprobador rechaza, por su ley, cada copia trucada de la historia que hay en la carpeta. */
export const controlRojo = async (carpeta: string): Promise<boolean> => {
  const vistos = await Promise.all(TRUCOS.map((truco) => rechazada(carpeta, truco)))
  return vistos.every(Boolean)
}

const rechazada = async (carpeta: string, { archivo, ley, trucar }: (typeof TRUCOS)[number]): Promise<boolean> => {
  const copia = carpetaNueva('trucada')
  cpSync(carpeta, copia, { recursive: true })
  const ruta = join(copia, archivo)
  const lineas = readFileSync(ruta, 'utf8').split('\n').filter(Boolean)
  writeFileSync(
    ruta,
    trucar(lineas)
      .map((linea) => `${linea}\n`)
      .join(''),
  )
  const { faltas } = await juzgarAparte(copia)
  return faltas.some((una) => una.ley === ley)
}
