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
  {
    id: 'S3',
    promete: 'ninguna trama de WebSocket tumba a quien la recibe ni deja sin lo suyo a los demás; cada una cierra con su código',
    archivo: 'pruebas/hostiles/ws/puerta.ts',
    corta: ['--tramas', '200000'],
    larga: ['--tramas', '5000000'],
  },
  {
    id: 'S4',
    promete: 'ningún mensaje de un tópico tumba, demora ni llena a quien lo lee; lo que se acepta se reescribe igual',
    archivo: 'pruebas/hostiles/avro/puerta.ts',
    corta: ['--cadenas', '1000000'],
    larga: ['--cadenas', '5000000', '--cruzadas'],
  },
  {
    id: 'S9',
    promete: 'lo que nadie pidió no se guarda ni se obedece, y ningún prototipo cambia, se mande por donde se mande',
    archivo: 'pruebas/hostiles/ajenos/puerta.ts',
    corta: ['--casos', '20000'],
    larga: ['--casos', '200000'],
  },
  {
    id: 'S10',
    promete: 'ninguna expresión regular a la que llegue algo de fuera tarda más de 10 ms, mida lo que mida',
    archivo: 'pruebas/hostiles/regex/puerta.ts',
    corta: [],
    larga: [],
  },
]
