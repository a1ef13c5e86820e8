import type { Diario } from '../../../tests/procesos/apoyo/carga.ts'
import { faltas, type Restos } from '../../../tests/procesos/apoyo/leyes.ts'

const CLASES = {
  perdidos: /quedó 0 veces|falta en el inbox|no ha salido|no terminó/,
  duplicados: /está repetido|quedó \d+ veces|sobra en el inbox/,
  desorden: /tienen versiones|pasó por/,
} as const

/** Cuántas de las leyes rotas son de cada clase: lo que se perdió, lo que se dobló y lo que se desordenó. Una es de la primera que le toque. */
export const contarFaltas = (halladas: readonly string[]) => {
  const cuenta = { perdidos: 0, duplicados: 0, desorden: 0, otras: 0 }
  for (const falta of halladas) {
    const [clase = 'otras'] = Object.entries(CLASES).find(([, como]) => como.test(falta)) ?? []
    cuenta[clase as keyof typeof cuenta]++
  }
  return cuenta
}

const EVENTOS = 'eventos-reserva'

/** Lo que quedó, falseado: sin un mensaje, con uno dos veces y con dos cambiados de lugar. Cada ley tiene que verlo. */
export const controlDeLeyes = (restos: Restos, diario: Diario): 'rojo' | 'verde' => {
  const { log } = restos
  // Uno que se respondió: de lo desconocido no se sabe si tiene que estar.
  const respondidos = new Set(diario.filter(({ hace, desenlace }) => hace === 'crear' && desenlace === 'ok').map(({ id }) => id))
  const primero = log.findIndex(({ topico, correlacion }) => topico === EVENTOS && respondidos.has(correlacion))
  const segundo = log.findIndex(({ topico, llave, data }) => topico === EVENTOS && Number(data.version) === 2 && llave !== '')
  const anterior = log.findIndex(({ topico, llave }) => topico === EVENTOS && llave === log[segundo]?.llave)
  const cambiar = (i: number) => (i === segundo ? log[anterior] : i === anterior ? log[segundo] : log[i]) ?? log[0]
  const falseados = {
    perdidos: log.filter((_, i) => i !== primero),
    duplicados: [...log, ...log.slice(primero, primero + 1)],
    desorden: log.flatMap((_, i) => cambiar(i) ?? []),
  }
  const vistos = Object.entries(falseados).map(
    ([clase, falso]) => contarFaltas(faltas({ ...restos, log: falso }, diario))[clase as 'perdidos'],
  )
  return primero >= 0 && segundo >= 0 && vistos.every((cuantos) => cuantos > 0) ? 'rojo' : 'verde'
}

/** Lo peor de cada cien veces. */
export const percentil = (valores: readonly number[], parte: number): number =>
  [...valores].sort((a, b) => a - b)[Math.min(valores.length - 1, Math.floor(valores.length * parte))] ?? 0
