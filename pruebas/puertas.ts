/** Una puerta: qué se corre, y con qué argumentos cuando hay poco tiempo y cuando hay mucho. */
export type Puerta = Readonly<{
  id: string
  promete: string
  archivo: string
  corta: readonly string[]
  larga: readonly string[]
}>

/** Todas, en el orden en que se corren. Cada una es un programa que termina con `anunciar`. */
export const PUERTAS: readonly Puerta[] = [
  {
    id: 'R4',
    promete: 'en historias al azar sobre un reloj a mano, ninguna ley se rompe',
    archivo: 'pruebas/simulacion/puerta.ts',
    corta: ['--semillas', '20000'],
    larga: ['--semillas', '200000'],
  },
  {
    id: 'S1',
    promete: 'nada de lo que llegue por HTTP tumba la API, la demora ni recibe un error que no esté en la lista',
    archivo: 'pruebas/hostiles/http/puerta.ts',
    corta: ['--peticiones', '200000'],
    larga: ['--peticiones', '5000000'],
  },
]
