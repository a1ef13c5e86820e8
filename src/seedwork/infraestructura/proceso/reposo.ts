import type { Planificador } from '../puertos.ts'

const CADA_MS = 3_000
/** La parte de un núcleo por debajo de la cual el proceso descansa. */
const DESCANSO = 0.02
/** Menos trabajo que éste no deja nada que valga la pena devolver. */
const TRABAJO_MS = 200

/**
 * En reposo, devuelve al sistema la memoria que dejó el trabajo anterior: lo de arrancar o lo de una ráfaga, unos 30 MB. V8 sólo lo haría
 * con el siguiente pedido. Detiene el proceso cerca de 100 ms, una vez por cada rato de trabajo. Sin `--expose-gc` no hace nada.
 */
export const devolverMemoriaEnReposo = (planificador: Planificador): void => {
  const recoger = globalThis.gc
  if (recoger === undefined) return
  let anterior = 0
  let recogida = 0
  const mirar = () => {
    const ahora = trabajoMs()
    if (ahora - anterior < CADA_MS * DESCANSO && ahora - recogida > TRABAJO_MS) {
      recoger({ type: 'major', execution: 'sync', flavor: 'last-resort' })
      recogida = trabajoMs()
    }
    anterior = ahora
    planificador.tras(CADA_MS, mirar)
  }
  planificador.tras(CADA_MS, mirar)
}

const trabajoMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
