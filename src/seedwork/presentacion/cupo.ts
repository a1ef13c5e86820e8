import { ErrorDominio } from '../dominio/errores.ts'
import type { Reloj } from '../infraestructura/puertos.ts'

/** Cuántas veces en cada ventana puede hacer algo cada quien. `llaves` acota la memoria: cuántos se recuerdan a la vez. */
export type DatosDelCupo = Readonly<{ maximo: number; ventanaMs: number; llaves: number; reloj: Pick<Reloj, 'monotono'> }>

/** Gasta uno del cupo de cada llave. Lanza `demasiados_intentos` (429, con `Retry-After`) si a alguna no le queda. */
export type Cupo = (...llaves: readonly string[]) => void

type Gasto = { cuantos: number; readonly vence: number }

/**
 * Un cupo por ventana fija. Al pasar de `llaves` se olvida primero lo vencido y después lo más viejo: quien inventa llaves para
 * recuperar la suya tiene que gastar tantas como caben, y cada una le cuesta un intento.
 */
export const crearCupo = ({ maximo, ventanaMs, llaves, reloj }: DatosDelCupo): Cupo => {
  const gastos = new Map<string, Gasto>()
  const gastoDe = (llave: string, ahora: number): Gasto => {
    const suyo = gastos.get(llave)
    if (suyo !== undefined && suyo.vence > ahora) return suyo
    gastos.delete(llave)
    const nuevo = { cuantos: 0, vence: ahora + ventanaMs }
    gastos.set(llave, nuevo)
    // El orden de inserción es el de vencimiento: lo primero es siempre lo más viejo.
    for (const [otra, { vence }] of gastos) {
      if (vence > ahora && gastos.size <= llaves) break
      gastos.delete(otra)
    }
    return nuevo
  }
  return (...quienes) => {
    const ahora = reloj.monotono()
    const suyos = quienes.map((llave) => gastoDe(llave, ahora))
    for (const gasto of suyos) gasto.cuantos++
    const agotado = suyos.filter(({ cuantos }) => cuantos > maximo).map(({ vence }) => vence)
    if (agotado.length > 0) throw demasiadosIntentos(Math.max(...agotado) - ahora)
  }
}

const demasiadosIntentos = (faltanMs: number): ErrorDominio =>
  new ErrorDominio({
    codigo: 'demasiados_intentos',
    clase: 'demasiado',
    texto: {
      es: 'Hiciste demasiados intentos seguidos. Espera un momento y vuelve a probar.',
      en: 'You made too many attempts in a row. Wait a moment and try again.',
    },
    reintentarEn: Math.max(1, Math.ceil(faltanMs / 1_000)),
  })
