import { Temporal } from 'temporal-polyfill'
import { DIA_MS, type Horas, MINUTO_MS } from '../dominio/horas.ts'

/** Tantas zonas por tantos días caben; cuando se llena se empieza de nuevo. */
const RECORDADOS = 100_000

/**
 * Las horas de cada zona IANA, con los cambios de horario que conoce este Node. Preguntarle a Temporal cuesta unos 30 µs: se recuerda el
 * desfase de los días en que no cambia, y sólo en los demás se le vuelve a preguntar.
 */
export const horasDeZonas = (): Horas => {
  const constantes = new Map<string, number | undefined>()

  /** El desfase (ms) de la zona si es el mismo desde la víspera hasta el final del día siguiente; `undefined` si cambia. */
  const desfaseDelDia = (zona: string, dia: number): number | undefined => {
    const llave = `${zona} ${dia}`
    if (constantes.has(llave)) return constantes.get(llave)
    const [antes, despues] = [desfase(zona, (dia - 1) * DIA_MS), desfase(zona, (dia + 2) * DIA_MS)]
    const constante = antes === despues ? antes : undefined
    if (constantes.size >= RECORDADOS) constantes.clear()
    constantes.set(llave, constante)
    return constante
  }

  return {
    aInstante: (zona, { dia, minuto }) => {
      const local = dia * DIA_MS + minuto * MINUTO_MS
      const fijo = desfaseDelDia(zona, dia)
      return fijo === undefined ? instanteExacto(zona, local) : local - fijo
    },
    aLocal: (zona, instante) => {
      const local = instante + (desfaseDelDia(zona, Math.floor(instante / DIA_MS)) ?? desfase(zona, instante))
      const dia = Math.floor(local / DIA_MS)
      return { dia, minuto: Math.floor((local - dia * DIA_MS) / MINUTO_MS) }
    },
  }
}

const desfase = (zona: string, instante: number): number =>
  Temporal.Instant.fromEpochMilliseconds(instante).toZonedDateTimeISO(zona).offsetNanoseconds / 1e6

const instanteExacto = (zona: string, local: number): number =>
  Temporal.PlainDateTime.from(new Date(local).toISOString().slice(0, 19)).toZonedDateTime(zona).epochMilliseconds
