/**
 * Un número de [0, 1) que depende sólo de la semilla y de las partes: el mismo vuelo es el mismo en cada proceso y cada día. Es FNV-1a
 * con el final de murmur3, que reparte bien los textos que se parecen.
 */
export const azar_de = (semilla: number, ...partes: readonly (string | number)[]): number => {
  const texto = partes.join('|')
  let h = (0x811c9dc5 ^ semilla) >>> 0
  for (let i = 0; i < texto.length; i++) h = Math.imul(h ^ texto.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
}

/** Uno de la lista, que no está vacía, según un número de [0, 1). */
export const escoger = <T>(lista: readonly [T, ...T[]], azar: number): T => lista[Math.floor(azar * lista.length)] ?? lista[0]
