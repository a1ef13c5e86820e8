/** Quién espera, en este proceso, que termine una operación. */
export type Finales = Readonly<{
  avisar: (id: string) => void
  /** Resuelve cuando la operación termine. `soltar` deja de esperar. */
  esperar: (id: string) => { aviso: Promise<void>; soltar: () => void }
  /** El proceso se detiene: nadie espera más. */
  cerrar: () => void
  cerrado: () => boolean
}>

export const crearFinales = (): Finales => {
  let cerrado = false
  const esperas = new Map<string, Set<() => void>>()
  const soltar = (id: string, resolver: () => void) => {
    const deId = esperas.get(id)
    deId?.delete(resolver)
    if (deId?.size === 0) esperas.delete(id)
  }
  return {
    avisar: (id) => {
      for (const resolver of esperas.get(id) ?? []) resolver()
      esperas.delete(id)
    },
    esperar: (id) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      esperas.set(id, (esperas.get(id) ?? new Set()).add(resolve))
      return { aviso: promise, soltar: () => soltar(id, resolve) }
    },
    cerrar: () => {
      cerrado = true
      for (const deId of esperas.values()) for (const resolver of deId) resolver()
    },
    cerrado: () => cerrado,
  }
}
