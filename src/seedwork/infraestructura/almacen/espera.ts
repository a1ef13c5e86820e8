import type { Entorno } from '../puertos.ts'
import { almacenOcupado } from './errores.ts'

/** Lo más que se espera el turno: más tarde, quien pidió ya no está. */
const ESPERA_MS = 10_000

export type EnEspera = Readonly<{ rechazar: (error: unknown) => void; desde: number }>

/** Si esperó de más se le rechaza, sin que nada suyo se haya escrito; dice si lo hizo. */
export const rechazarSiCaduco = ({ desde, rechazar }: EnEspera, reloj: Entorno['reloj']): boolean => {
  if (reloj.monotono() - desde <= ESPERA_MS) return false
  rechazar(almacenOcupado(new Error(`Pasaron ${ESPERA_MS} ms sin llegarle el turno.`)))
  return true
}
