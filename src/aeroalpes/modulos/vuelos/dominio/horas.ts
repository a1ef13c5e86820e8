import type { Instante } from 'seedwork/dominio/instante.ts'

/** Un día del calendario, sin zona: los que van desde el 1 de enero de 1970. */
export type Dia = number
/** La hora que marca el reloj de un lugar. `minuto` cuenta desde la medianoche. */
export type HoraLocal = Readonly<{ dia: Dia; minuto: number }>

/** La hora de cada lugar: lo único que sabe de zonas y de cambios de horario. */
export type Horas = Readonly<{
  /** El instante en que el reloj de `zona` marca esa hora. Una que se salta pasa a la que sigue; de una que se repite, la primera. */
  aInstante: (zona: string, hora: HoraLocal) => Instante
  aLocal: (zona: string, instante: Instante) => HoraLocal
}>

export const DIA_MS = 86_400_000
export const MINUTO_MS = 60_000

/** `2026-12-10` como día; `undefined` si no es un día que exista. */
export const dia_de_texto = (texto: string): Dia | undefined => {
  if (!/^\d{4}-\d\d-\d\d$/.test(texto)) return undefined
  const ms = Date.parse(`${texto}T00:00:00Z`)
  return Number.isNaN(ms) || texto_de_dia(ms / DIA_MS) !== texto ? undefined : ms / DIA_MS
}

export const texto_de_dia = (dia: Dia): string => new Date(dia * DIA_MS).toISOString().slice(0, 10)

/** `2026-12-10T08:15` */
export const texto_local = ({ dia, minuto }: HoraLocal): string => new Date(dia * DIA_MS + minuto * MINUTO_MS).toISOString().slice(0, 16)

/** 0 es domingo. */
export const dia_de_la_semana = (dia: Dia): number => (dia + 4) % 7
