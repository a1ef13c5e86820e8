import { createHash } from 'node:crypto'
import type { Mensaje } from 'seedwork/infraestructura/broker/puerto.ts'

/** Ve una simulación entera: qué pasó y cuándo, cuántas veces cada cosa, y qué mensajes se escribieron dos veces a propósito. */
export type Testigo = Readonly<{
  anotar: (instante: number, que: string) => void
  contar: (que: string) => void
  repetir: (mensaje: Pick<Mensaje, 'topico' | 'id'>) => void
  esRepetido: (mensaje: Pick<Mensaje, 'topico' | 'id'>) => boolean
  cuentas: () => Readonly<Record<string, number>>
  /** La misma si y sólo si ocurrió lo mismo, en el mismo orden y a las mismas horas. */
  huella: () => string
}>

const llaveDe = ({ topico, id }: Pick<Mensaje, 'topico' | 'id'>): string => `${topico} ${id}`

/** `contarlo`: recibe además cada línea de lo que pasa. */
export const crearTestigo = (contarlo?: (linea: string) => void): Testigo => {
  const traza = createHash('sha256')
  const cuentas = new Map<string, number>()
  const repetidos = new Set<string>()
  const contar = (que: string): void => void cuentas.set(que, (cuentas.get(que) ?? 0) + 1)
  return {
    anotar: (instante, que) => {
      traza.update(`${instante} ${que}\n`)
      contarlo?.(`${String(Math.round(instante)).padStart(8)} ms  ${que}`)
    },
    contar,
    repetir: (mensaje) => {
      repetidos.add(llaveDe(mensaje))
      contar('mensaje: dos veces')
    },
    esRepetido: (mensaje) => repetidos.has(llaveDe(mensaje)),
    cuentas: () => Object.fromEntries(cuentas),
    huella: () => traza.copy().digest('hex').slice(0, 16),
  }
}
