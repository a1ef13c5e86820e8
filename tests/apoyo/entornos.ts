import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'

/** El entorno de verdad con todas las esperas `factor` veces más cortas: los plazos se cumplen igual, pero antes. La hora no cambia. */
export const entornoVeloz = (factor: number): Entorno => ({
  ...entornoReal,
  reloj: { ahora: entornoReal.reloj.ahora, monotono: () => entornoReal.reloj.monotono() * factor },
  planificador: {
    enseguida: entornoReal.planificador.enseguida,
    tras: (ms, tarea) => entornoReal.planificador.tras(ms / factor, tarea),
  },
})

/** El entorno de verdad, con un reloj de esperas que la prueba adelanta. Los temporizadores no se enteran. */
export const entornoAdelantable = (): Entorno & Readonly<{ adelantar: (ms: number) => void }> => {
  let adelanto = 0
  return {
    ...entornoReal,
    reloj: { ahora: entornoReal.reloj.ahora, monotono: () => entornoReal.reloj.monotono() + adelanto },
    adelantar: (ms) => {
      adelanto += ms
    },
  }
}
