/**
 * Menor que cero si `una` va antes que `otra` en su tópico, cero si son la misma, mayor si va después; `undefined` si son de historias
 * distintas y no se pueden comparar. Una posición es `<época>.<número>[.<número>…]`: los números ordenan de izquierda a derecha.
 */
export const compararPosiciones = (una: string, otra: string): number | undefined => {
  if (una === otra) return 0
  const [a, b] = [una.split('.'), otra.split('.')]
  if (a[0] !== b[0]) return undefined
  for (let i = 1; i < Math.max(a.length, b.length); i++) {
    const diferencia = Number(a[i] ?? -1) - Number(b[i] ?? -1)
    if (Number.isNaN(diferencia)) return undefined
    if (diferencia !== 0) return diferencia
  }
  return 0
}
