/** Corre una puerta entera; si no termina en su plazo, o revienta, el proceso termina mal y lo dice. */
export const conPlazo = async (id: string, ms: number, correr: () => Promise<void>): Promise<void> => {
  const plazo = setTimeout(() => {
    console.error(`${id}: no terminó en ${ms / 1_000} s`)
    process.exit(1)
  }, ms)
  await correr().finally(() => clearTimeout(plazo))
}
