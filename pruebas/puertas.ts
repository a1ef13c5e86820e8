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
    id: 'R15',
    promete: 'pedido diez veces lo que puede, cumple lo mismo, se niega enseguida y guarda cada promesa',
    archivo: 'pruebas/sobrecarga/puerta.ts',
    corta: ['--segundos', '30'],
    larga: ['--segundos', '600'],
  },
  {
    id: 'R12',
    promete: 'quien vuelve tras cien mil mensajes arranca enseguida y se pone al día mientras siguen llegando',
    archivo: 'pruebas/atraso/puerta.ts',
    corta: ['--guardados', '1000000', '--atraso', '100000'],
    larga: ['--guardados', '10000000', '--atraso', '100000'],
  },
]
