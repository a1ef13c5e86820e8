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
    id: 'R0',
    promete: {
      es: 'cada defecto que se planta a propósito lo ve una prueba',
      en: 'every bug planted on purpose is seen by a test',
    },
    archivo: 'pruebas/dientes/puerta.ts',
    corta: ['--cuantos', '10'],
    larga: ['--todos'],
  },
  {
    id: 'R1',
    promete: {
      es: 'muerto en cada punto de caída, o cuando sea, nada se pierde, se dobla ni se desordena',
      en: 'killed at every crash point, or any time, nothing is lost, doubled or reordered',
    },
    archivo: 'pruebas/caidas/puerta.ts',
    corta: ['--semillas', '1', '--muertes', '100'],
    larga: ['--semillas', '3', '--muertes', '400', '--minutos', '45'],
  },
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
  {
    id: 'R5',
    promete: {
      es: 'sin broker se acepta igual de rápido, y al volver todo se cumple una vez y en orden',
      en: 'without a broker it accepts as fast, and afterwards all happens once, in order',
    },
    archivo: 'pruebas/fallas/ausencia.ts',
    corta: ['--segundos', '90', '--por-segundo', '200'],
    larga: ['--segundos', '600', '--por-segundo', '500'],
  },
  {
    id: 'R6',
    promete: {
      es: 'PostgreSQL se para de golpe, corta conexiones o las agota: nada se pierde ni se dobla',
      en: 'PostgreSQL stops dead, cuts or runs out of connections: nothing lost or doubled',
    },
    archivo: 'pruebas/fallas/postgres.ts',
    corta: ['--paradas', '10'],
    larga: ['--paradas', '100', '--cortes', '1000', '--muertes', '20', '--agotadas', '10'],
  },
  {
    id: 'R7',
    promete: {
      es: 'una red cortada, muda o lenta no cuelga a nadie ni pierde nada',
      en: 'a cut, silent or slow network hangs nobody and loses nothing',
    },
    archivo: 'pruebas/fallas/particiones.ts',
    corta: ['--veces', '2', '--servicios', '4'],
    larga: ['--veces', '10', '--servicios', '12', '--corte-ms', '8000'],
  },
  {
    id: 'R8',
    promete: {
      es: 'quien duerme más que su arriendo no escribe al despertar',
      en: 'whoever outsleeps its lease does not write on waking',
    },
    archivo: 'pruebas/fallas/pausas.ts',
    corta: ['--pares', '8', '--pausas', '40', '--apis', '2'],
    larga: ['--pares', '8', '--pausas', '800', '--apis', '20', '--maxima', '10'],
  },
  {
    id: 'R9',
    promete: {
      es: 'un reloj que salta no adelanta, pierde ni repite plazos',
      en: 'a clock that jumps neither hastens, loses nor repeats deadlines',
    },
    archivo: 'pruebas/fallas/reloj.ts',
    corta: ['--saltos', '22', '--entre-dos', '8', '--aparte', '6'],
    larga: ['--saltos', '440', '--entre-dos', '200', '--aparte', '120'],
  },
  {
    id: 'R10',
    promete: {
      es: 'con el disco lleno o averiado no se acepta lo que no se guarda',
      en: 'on a full or failing disk nothing is accepted that is not stored',
    },
    archivo: 'pruebas/fallas/disco.ts',
    corta: ['--llenados', '6', '--averias', '24', '--bits', '100'],
    larga: ['--llenados', '100', '--averias', '1000', '--bits', '2000'],
  },
  {
    id: 'R12',
    promete: {
      es: 'cien mil mensajes atrasados se vacían más rápido de lo que llegan',
      en: 'a backlog of a hundred thousand drains faster than it grows',
    },
    archivo: 'pruebas/atraso/puerta.ts',
    corta: ['--guardados', '1000000', '--atraso', '100000'],
    larga: ['--guardados', '10000000', '--atraso', '100000'],
  },
  {
    id: 'R15',
    promete: {
      es: 'con diez veces lo que puede se atiende casi lo mismo, se niega enseguida y lo aceptado se cumple',
      en: 'at ten times its rate it serves almost as much, refuses at once and keeps what it accepted',
    },
    archivo: 'pruebas/sobrecarga/puerta.ts',
    corta: ['--segundos', '30'],
    larga: ['--segundos', '600', '--veces', '1'],
  },
  {
    id: 'R19',
    promete: {
      es: 'en cualquier orden de respuestas, plazos y cancelaciones, la saga termina bien',
      en: 'whatever the order of answers, timeouts and cancels, the saga ends well',
    },
    archivo: 'pruebas/orden/saga.ts',
    corta: ['--hondo', '5'],
    larga: ['--hondo', '6'],
  },
  {
    id: 'R25',
    promete: {
      es: 'lo que se pide a la vez sobre una reserva ocurre en algún orden',
      en: 'what is asked at once of one reservation happens in some order',
    },
    archivo: 'pruebas/orden/puerta.ts',
    corta: ['--carreras', '2000'],
    larga: ['--carreras', '200000'],
  },
  {
    id: 'S1',
    promete: {
      es: 'nada que llegue por HTTP tumba la API ni recibe un error desconocido',
      en: 'nothing sent over HTTP fells the API or gets an unknown error',
    },
    archivo: 'pruebas/hostiles/http/puerta.ts',
    corta: ['--peticiones', '200000'],
    larga: ['--peticiones', '5000000'],
  },
  {
    id: 'S3',
    promete: {
      es: 'ni por WebSocket',
      en: 'nor over WebSocket',
    },
    archivo: 'pruebas/hostiles/ws/puerta.ts',
    corta: ['--tramas', '200000'],
    larga: ['--tramas', '5000000'],
  },
  {
    id: 'S4',
    promete: {
      es: 'ni en bytes de Avro, con ningún esquema',
      en: 'nor in Avro bytes, under any schema',
    },
    archivo: 'pruebas/hostiles/avro/puerta.ts',
    corta: ['--cadenas', '1000000'],
    larga: ['--cadenas', '5000000', '--cruzadas'],
  },
  {
    id: 'S9',
    promete: {
      es: 'ningún campo ajeno se guarda ni cambia a los demás',
      en: 'no foreign field is stored or changes others',
    },
    archivo: 'pruebas/hostiles/ajenos/puerta.ts',
    corta: ['--casos', '20000'],
    larga: ['--casos', '200000'],
  },
  {
    id: 'S10',
    promete: {
      es: 'ninguna expresión regular se atasca',
      en: 'no regular expression gets stuck',
    },
    archivo: 'pruebas/hostiles/regex/puerta.ts',
    corta: [],
    larga: [],
  },
]
