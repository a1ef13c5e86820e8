import { createContext, Script } from 'node:vm'
import fc from 'fast-check'
import { check, type Diagnostics } from 'recheck'
import { cpuMs } from '../apoyo/cpu.ts'
import type { Expresion } from './extraer.ts'

/** Lo más largo que llega en un cuerpo, y lo que se admite que tarde una expresión en mirarlo. */
export const LARGO = 65_536
export const ADMITIDO_MS = 10
/** A las propias se les da tiempo: tienen que quedar decididas. */
const RECHECK_MS = { propia: 15_000, dependencia: 2_000 } as const
/** Pasado esto se corta: ya se sabe que es demasiado. */
const CORTE_MS = 400
const MUESTRAS = 4

export type Vista = Readonly<{
  expresion: Expresion
  /** Lo que dice quien la analiza: `safe`, `vulnerable`, o `unknown` si no le dio tiempo. */
  dicho: Diagnostics['status']
  porque: string
  /** Lo que tardó con la peor de sus cadenas de ataque. */
  ms: number
}>

const aLoLargo = (pieza: string): string => pieza.repeat(Math.ceil(LARGO / Math.max(1, pieza.length))).slice(0, LARGO)

/** Lo que el análisis halló, llevado al largo que se prueba. */
const delAnalisis = (diagnostico: Diagnostics): readonly string[] => {
  if (diagnostico.status !== 'vulnerable') return []
  const { pumps, suffix } = diagnostico.attack
  const cabe = Math.floor(LARGO / Math.max(1, pumps.length))
  const cadena = pumps.map(({ prefix, pump }) => prefix + pump.repeat(Math.floor(cabe / Math.max(1, pump.length)))).join('')
  return [cadena.slice(0, LARGO - suffix.length) + suffix]
}

const SUELTOS = [...' \t\na0A-_=;,."\'/\\%:@([{<!$*+ñ', 'a ', 'a,', '0.', '-a', ' ,', 'a=', '\\"', '%4', 'aA', '<a', 'T0']

/** Cadenas que casi cumplen la expresión, muchas veces seguidas, y al final algo que no. */
const deMuestras = ({ fuente, banderas }: Expresion): readonly string[] => {
  try {
    const limpias = banderas.replace(/[gy]/g, '')
    return fc.sample(fc.stringMatching(new RegExp(fuente, limpias)), { numRuns: MUESTRAS, seed: 1 }).filter((una) => una !== '')
  } catch {
    // Hay cosas de una expresión que fast-check no sabe generar: para ésas quedan las demás cadenas.
    return []
  }
}

const cadenasDe = (expresion: Expresion, diagnostico: Diagnostics): readonly string[] => [
  ...delAnalisis(diagnostico),
  ...[...SUELTOS, ...deMuestras(expresion)].flatMap((pieza) => [`${aLoLargo(pieza)}\0`, `x${aLoLargo(pieza)}`]),
]

const contexto: Record<string, unknown> = createContext({ exp: /x/, cadena: '' })
const probar = new Script('exp.lastIndex = 0; exp.test(cadena)')

/** Lo que tarda en mirar esa cadena; si fue demasiado, lo menos de otras cuatro veces: la primera también la compila. */
const cronometrar = (exp: RegExp, cadena: string, veces = 5): number => {
  Object.assign(contexto, { exp, cadena })
  const inicio = cpuMs()
  try {
    probar.runInContext(contexto, { timeout: CORTE_MS })
  } catch {
    return CORTE_MS
  }
  const ms = cpuMs() - inicio
  return ms > ADMITIDO_MS && veces > 1 ? Math.min(ms, cronometrar(exp, cadena, veces - 1)) : ms
}

/** Analiza la expresión y la ataca. A las ajenas que el análisis da por buenas se les cree. */
export const ver = async (expresion: Expresion): Promise<Vista> => {
  const { fuente, banderas, deQuien } = expresion
  const diagnostico = await check(fuente, banderas, { timeout: RECHECK_MS[deQuien] })
  const dicho = diagnostico.status
  const porque = diagnostico.status === 'unknown' ? diagnostico.error.kind : diagnostico.complexity.summary
  if (deQuien === 'dependencia' && dicho === 'safe') return { expresion, dicho, porque, ms: 0 }
  const exp = new RegExp(fuente, banderas)
  let ms = 0
  for (const cadena of cadenasDe(expresion, diagnostico)) {
    ms = Math.max(ms, cronometrar(exp, cadena))
    if (ms >= CORTE_MS) break
  }
  return { expresion, dicho, porque, ms }
}
