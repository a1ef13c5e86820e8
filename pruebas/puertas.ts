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
    id: 'R25',
    promete: 'aprobar, pagar y cancelar a la vez por todas las vías dan lo que daría un orden en serie, en los dos almacenes',
    archivo: 'pruebas/orden/puerta.ts',
    corta: ['--carreras', '2000'],
    larga: ['--carreras', '200000'],
  },
  {
    id: 'R19',
    promete: 'en cualquier orden de respuestas, plazos, cancelaciones y repetidos, la saga termina y no se pierde un asiento',
    archivo: 'pruebas/orden/saga.ts',
    corta: ['--hondo', '5'],
    larga: ['--hondo', '6'],
  },
]
