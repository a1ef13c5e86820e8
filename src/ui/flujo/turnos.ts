/** Deja pasar a `maximo` a la vez; los demás esperan, en orden. */
export const crearTurnos = (maximo: number): Readonly<{ tomar: () => Promise<() => void> }> => {
  let libres = maximo
  const cola: (() => void)[] = []
  const soltar = () => {
    const siguiente = cola.shift()
    if (siguiente === undefined) libres++
    else siguiente()
  }
  const unaVez = () => {
    let suelto = false
    return () => {
      if (!suelto) soltar()
      suelto = true
    }
  }
  return {
    tomar: async () => {
      if (libres > 0) libres--
      else await new Promise<void>((resolver) => cola.push(resolver))
      return unaVez()
    },
  }
}
