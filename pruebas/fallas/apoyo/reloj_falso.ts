// Se precarga (`--import`) en un proceso del sistema: su hora pasa a ser la de verdad más lo que diga el archivo `reloj` de su carpeta (la de sus datos, si no se dice RELOJ_CARPETA), que lee al
// recibir SIGUSR2 y anota en `reloj-visto`. Sus temporizadores se vigilan: uno que suena antes de su plazo se anota en `reloj-temprano`.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const carpeta = process.env.RELOJ_CARPETA ?? process.env.AEROALPES_DATOS ?? '.'
mkdirSync(carpeta, { recursive: true })
/** El control: un temporizador que suena a la mitad de su plazo. */
const adelantado = process.env.RELOJ_ADELANTADO === '1'
/** Node redondea a milisegundos enteros. */
const MARGEN_MS = 2

const FechaReal = Date
let desfase = 0

class FechaFalsa extends FechaReal {
  constructor(...partes: readonly unknown[]) {
    super(...((partes.length === 0 ? [FechaReal.now() + desfase] : partes) as [number]))
  }
  static override now(): number {
    return FechaReal.now() + desfase
  }
}
globalThis.Date = FechaFalsa as DateConstructor

process.on('SIGUSR2', () => {
  desfase = Number(readFileSync(join(carpeta, 'reloj'), 'utf8'))
  writeFileSync(join(carpeta, 'reloj-visto'), String(desfase))
})

const tras = globalThis.setTimeout
const vigilado = (tarea: (...con: unknown[]) => void, ms = 0, ...con: unknown[]): NodeJS.Timeout => {
  const desde = performance.now()
  const sonar = (): void => {
    const pasaron = performance.now() - desde
    if (pasaron < ms - MARGEN_MS) appendFileSync(join(carpeta, 'reloj-temprano'), `${ms} ms sonó a los ${pasaron.toFixed(1)}\n`)
    tarea(...con)
  }
  return tras(sonar, adelantado && ms > 20 ? ms / 2 : ms)
}
globalThis.setTimeout = Object.assign(vigilado, tras) as typeof setTimeout
