import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hastaQue } from '../../../tests/procesos/apoyo/hechos.ts'

const [S, MIN, H, DIA, ANO] = [1_000, 60_000, 3_600_000, 86_400_000, 365.25 * 86_400_000]

/** Un salto: cuánto se aparta de la hora de verdad, en milisegundos, o a qué instante va. */
export type Salto = Readonly<{ nombre: string; desfase: () => number }>

const relativo = (nombre: string, ms: number): Salto => ({ nombre, desfase: () => ms })
const absoluto = (instante: string): Salto => ({ nombre: instante, desfase: () => Date.parse(instante) - Date.now() })

/** De un segundo a diez años, adelante y atrás; los cambios de horario de Madrid, el día bisiesto, el fin del año y 2038, un momento antes. */
export const SALTOS: readonly Salto[] = [
  ...([S, 10 * S, MIN, H, DIA, 30 * DIA, ANO, 10 * ANO] as const).flatMap((ms) => [
    relativo(`+${ms / S} s`, ms),
    relativo(`-${ms / S} s`, -ms),
  ]),
  absoluto('2027-03-28T00:59:59.500Z'),
  absoluto('2026-10-25T00:59:59.500Z'),
  absoluto('2028-02-28T22:59:59.500Z'),
  absoluto('2028-02-29T22:59:59.500Z'),
  absoluto('2027-12-31T23:59:59.500Z'),
  absoluto('2038-01-19T03:14:07.500Z'),
]

export const PRECARGA = join(import.meta.dirname, 'reloj_falso.ts')

/** Le cambia la hora a un proceso que precargó el reloj falso, y espera a que la tenga. */
export const saltar = async (pid: number, carpeta: string, desfase: number): Promise<void> => {
  writeFileSync(join(carpeta, 'reloj'), String(desfase))
  process.kill(pid, 'SIGUSR2')
  const visto = join(carpeta, 'reloj-visto')
  await hastaQue('que el reloj salte', () => existsSync(visto) && readFileSync(visto, 'utf8') === String(desfase))
}

/** Los temporizadores que sonaron antes de su plazo. */
export const tempranos = (carpeta: string): readonly string[] => {
  const archivo = join(carpeta, 'reloj-temprano')
  return existsSync(archivo) ? readFileSync(archivo, 'utf8').trim().split('\n') : []
}
