import { readFileSync } from 'node:fs'

/** Una variable de entorno: qué vale si falta y cómo se lee. `leer` devuelve `undefined` si el texto no sirve. */
export type Variable<T> = Readonly<{
  defecto: string
  debeSer: string
  leer: (texto: string) => T | undefined
  /** Lo que vale no se dice en ningún mensaje. */
  secreta?: true
}>

/** Lo que está mal en varias juntas, aunque cada una esté bien; `undefined` si nada. */
export type Regla = (env: NodeJS.ProcessEnv) => string | undefined

export type ValoresDe<E> = { readonly [K in keyof E]: E[K] extends Variable<infer T> ? T : never }

/** Todo lo que está mal en las variables de entorno, junto: se arregla de una vez. */
export class VariablesInvalidas extends Error {
  readonly problemas: readonly string[]
  constructor(problemas: readonly string[]) {
    super(`Hay variables de entorno que corregir:\n${problemas.map((problema) => `  - ${problema}`).join('\n')}`)
    this.name = 'VariablesInvalidas'
    this.problemas = problemas
  }
}

/** El final del nombre de la gemela de una secreta: `PULSAR_TOKEN_ARCHIVO` es el archivo donde está `PULSAR_TOKEN`. */
export const GEMELA = '_ARCHIVO'

/**
 * Lee las variables de `esquema` y ninguna otra. Lanza `VariablesInvalidas` con todos los problemas. Vacía es como ausente. Una secreta se
 * puede decir también en un archivo, que es como la entregan Docker y Kubernetes sin que quede en el entorno.
 */
export const leerVariables = <E extends Readonly<Record<string, Variable<unknown>>>>(
  esquema: E,
  env: NodeJS.ProcessEnv,
  reglas: readonly Regla[] = [],
): ValoresDe<E> => {
  const problemas: string[] = []
  const dicho = conArchivos(esquema, env, problemas)
  const valores = Object.entries(esquema).map(([nombre, { defecto, debeSer, leer, secreta }]) => {
    const texto = dicho[nombre] || defecto
    const valor = leer(texto)
    if (valor === undefined) problemas.push(`${nombre}=${secreta ? '…' : texto}: debe ser ${debeSer}.`)
    return [nombre, valor]
  })
  problemas.push(...reglas.flatMap((regla) => regla(dicho) ?? []))
  if (problemas.length > 0) throw new VariablesInvalidas(problemas)
  return Object.fromEntries(valores)
}

/** `env` con lo que está en archivos ya leído. Dicha de las dos formas no se adivina cuál vale. */
const conArchivos = (
  esquema: Readonly<Record<string, Variable<unknown>>>,
  env: NodeJS.ProcessEnv,
  problemas: string[],
): NodeJS.ProcessEnv => {
  const leidas = Object.entries(esquema).flatMap(([nombre, { secreta }]) => {
    const archivo = secreta && env[nombre + GEMELA]
    if (!archivo) return []
    if (env[nombre]) problemas.push(`${nombre} y ${nombre}${GEMELA}: dila de una sola forma.`)
    try {
      return [[nombre, readFileSync(archivo, 'utf8').trim()]]
    } catch (error) {
      problemas.push(`${nombre}${GEMELA}=${archivo}: no se puede leer (${(error as NodeJS.ErrnoException).code}).`)
      return []
    }
  })
  return { ...env, ...Object.fromEntries(leidas) }
}

export const texto = (defecto: string): Variable<string> => ({ defecto, debeSer: 'un texto', leer: (valor) => valor })

/** Un puerto TCP; 0 es «cualquiera libre». */
export const puerto = (defecto: number): Variable<number> => ({
  defecto: String(defecto),
  debeSer: 'un puerto, de 0 a 65535',
  leer: (valor) => (/^\d{1,5}$/.test(valor) && Number(valor) <= 65_535 ? Number(valor) : undefined),
})

/** Un plazo, en segundos enteros. */
export const segundos = (defecto: number): Variable<number> => ({
  defecto: String(defecto),
  debeSer: 'un número entero de segundos',
  leer: (valor) => (/^\d{1,9}$/.test(valor) ? Number(valor) : undefined),
})

export const unoDe = <const T extends string>(defecto: T, ...valores: readonly T[]): Variable<T> => ({
  defecto,
  debeSer: [defecto, ...valores].join(' o '),
  leer: (valor) => [defecto, ...valores].find((admitido) => admitido === valor),
})
