import type { Alcance } from '../../../tests/apoyo/lugar.ts'

/** Corre algo que va dejando qué recoger al final, y lo recoge, lo último primero, salga como salga. */
export const conAlcance = async <T>(hacer: (alcance: Alcance) => Promise<T>): Promise<T> => {
  const finales: (() => unknown)[] = []
  try {
    return await hacer({ after: (final) => void finales.unshift(final as () => unknown) })
  } finally {
    for (const final of finales) await final()
  }
}

/** Nadie espera sin plazo: pasado éste, la puerta termina mal. Lo que arrancó se va con ella. */
export const conPlazo = (segundos: number): void => {
  setTimeout(() => {
    console.error(`✖ La puerta no terminó en ${segundos} s.`)
    process.exit(1)
  }, segundos * 1_000).unref()
}

const inicio = performance.now()

/** Dice por dónde va, con los segundos que lleva. */
export const decir = (que: string): void => console.error(`  … ${((performance.now() - inicio) / 1_000).toFixed(1)} s: ${que}`)
