import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Decision } from '../dominio/entidades.ts'
import { ErrorDominio } from '../dominio/errores.ts'

/** Cómo terminó lo que se probó: con una decisión o con un error. */
export type Resultado<E, V> = Readonly<{ decision: Decision<E, V> } | { error: unknown }>

/** Lo que se espera de un resultado: lanza si no es así. */
export type Expectativa<E, V> = (resultado: Resultado<E, V>) => void

type Entonces<E, V> = Readonly<{ entonces: (...expectativas: readonly [Expectativa<E, V>, ...Expectativa<E, V>[]]) => void }>

/**
 * Una prueba que se lee como frase: `dado(unaReserva()).cuando((r) => pagar(r, ahora)).entonces(falla('TransicionValida'))`.
 * El estado dado llega congelado: una decisión que lo modifica, en lugar de devolver el que sigue, falla.
 */
export const dado = <D>(estado: D): Readonly<{ cuando: <E, V>(decidir: (estado: D) => Decision<E, V>) => Entonces<E, V> }> => ({
  cuando: (decidir) => ({
    entonces: (...expectativas) => {
      const resultado = intentar(() => decidir(congelar(estado)))
      for (const expectativa of expectativas) expectativa(resultado)
    },
  }),
})

/** Falla con un error del dominio de ese código; el de una regla es su nombre. */
export const falla =
  (codigo: string): Expectativa<unknown, unknown> =>
  (resultado) => {
    if ('decision' in resultado) assert.fail(`Se esperaba ${codigo}, y decidió ${JSON.stringify(resultado.decision.eventos)}`)
    if (!(resultado.error instanceof ErrorDominio)) throw resultado.error
    assert.equal(resultado.error.codigo, codigo)
  }

/** Ocurren exactamente estos eventos, en este orden. El tipo lo pone la decisión: un evento mal escrito no compila. */
export const ocurre =
  <V>(...eventos: readonly NoInfer<V>[]): Expectativa<unknown, V> =>
  (resultado) =>
    assert.deepEqual(laDecision(resultado).eventos, eventos)

/** El estado que sigue tiene estos campos con estos valores; de los demás no dice nada. */
export const queda =
  <E extends object>(campos: Readonly<Record<string, unknown>>): Expectativa<E, unknown> =>
  (resultado) => {
    const estado: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(laDecision(resultado).estado))
    const distintos = Object.keys(campos).filter((campo) => !isDeepStrictEqual(estado[campo], campos[campo]))
    assert.deepEqual(tomar(estado, distintos), tomar(campos, distintos))
  }

const laDecision = <E, V>(resultado: Resultado<E, V>): Decision<E, V> => {
  if ('error' in resultado) throw resultado.error
  return resultado.decision
}

const intentar = <E, V>(decidir: () => Decision<E, V>): Resultado<E, V> => {
  try {
    return { decision: decidir() }
  } catch (error) {
    return { error }
  }
}

const tomar = (de: Readonly<Record<string, unknown>>, campos: readonly string[]) =>
  Object.fromEntries(campos.map((campo) => [campo, de[campo]]))

/** Hasta el fondo. Lo ya congelado se da por congelado entero. */
const congelar = <T>(valor: T): T => {
  if (typeof valor !== 'object' || valor === null || Object.isFrozen(valor)) return valor
  Object.freeze(valor)
  for (const parte of Object.values(valor)) congelar(parte)
  return valor
}
