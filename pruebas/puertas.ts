/** Una puerta: qué se corre, y con qué argumentos cuando hay poco tiempo y cuando hay mucho. */
export type Puerta = Readonly<{
  id: string
  /** Lo que no debe ocurrir, o debe ocurrir siempre. */
  promete: Readonly<{ es: string; en: string }>
  archivo: string
  corta: readonly string[]
  larga: readonly string[]
}>

/** Todas, en el orden en que se corren. Cada una es un programa que termina con `anunciar`. */
export const PUERTAS: readonly Puerta[] = [
  {
    id: 'R4',
    promete: {
      es: 'en historias al azar sobre un reloj a mano, ninguna ley se rompe',
      en: 'in random histories on a virtual clock, no law is broken',
    },
    archivo: 'pruebas/simulacion/puerta.ts',
    corta: ['--semillas', '20000'],
    larga: ['--semillas', '200000'],
  },
]
