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
    id: 'R5',
    promete: 'sin broker bajo carga se acepta todo igual de rápido, y al volver se cumple todo, una vez y en orden',
    archivo: 'pruebas/fallas/ausencia.ts',
    corta: ['--segundos', '90', '--por-segundo', '200'],
    larga: ['--segundos', '600', '--por-segundo', '500'],
  },
  {
    id: 'R6',
    promete: 'PostgreSQL se para de golpe, corta conexiones o las agota, y nada se pierde, se dobla ni se desordena',
    archivo: 'pruebas/fallas/postgres.ts',
    corta: ['--paradas', '10'],
    larga: ['--paradas', '100', '--cortes', '1000', '--muertes', '20', '--agotadas', '10'],
  },
  {
    id: 'R7',
    promete: 'la red entre cada par de procesos se rompe, y nada se pierde, se dobla ni se queda esperando',
    archivo: 'pruebas/fallas/particiones.ts',
    corta: ['--veces', '2', '--servicios', '4'],
    larga: ['--veces', '10', '--servicios', '12', '--corte-ms', '8000'],
  },
  {
    id: 'R8',
    promete: 'a quien duerme más de lo que dura su arriendo, al despertar no se le deja escribir nada',
    archivo: 'pruebas/fallas/pausas.ts',
    corta: ['--pares', '8', '--pausas', '40', '--apis', '2'],
    larga: ['--pares', '8', '--pausas', '800', '--apis', '20', '--maxima', '10'],
  },
  {
    id: 'R9',
    promete: 'la hora de un proceso salta, de un segundo a diez años, y nada se pierde, se dobla ni suena antes de tiempo',
    archivo: 'pruebas/fallas/reloj.ts',
    corta: ['--saltos', '22', '--entre-dos', '8'],
    larga: ['--saltos', '440', '--entre-dos', '200'],
  },
  {
    id: 'R10',
    promete: 'con el disco lleno o averiado no se acepta lo que no se guarda, y al volver se sigue solo',
    archivo: 'pruebas/fallas/disco.ts',
    corta: ['--llenados', '6', '--averias', '24', '--bits', '30'],
    larga: ['--llenados', '100', '--averias', '1000', '--bits', '2000'],
  },
]
