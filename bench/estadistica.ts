/** El valor bajo el que queda la fracción `q` de los números, que no pueden faltar. */
export const cuantil = (numeros: readonly number[], q: number): number => {
  if (numeros.length === 0) throw new RangeError('No hay números que resumir.')
  const ordenados = numeros.toSorted((a, b) => a - b)
  return ordenados[Math.max(0, Math.ceil(ordenados.length * q) - 1)] as number
}

/** Lo que se vio de una medida en todas las rondas. */
export type Resumen = Readonly<{ mediana: number; minimo: number; maximo: number }>

/** La mediana de un número par de rondas es el promedio de las dos del medio. */
export const resumir = (numeros: readonly number[]): Resumen => ({
  mediana:
    (cuantil(numeros, 0.5) +
      -cuantil(
        numeros.map((n) => -n),
        0.5,
      )) /
    2,
  minimo: cuantil(numeros, 0),
  maximo: cuantil(numeros, 1),
})

/** Lo que dos pasos, uno tras otro en el mismo hilo, dan por segundo cuando cada uno por su cuenta da `a` y `b`. */
export const enSerie = (a: number, b: number): number => 1 / (1 / a + 1 / b)
