import { type EnEspera, rechazarSiCaduco } from './almacen/espera.ts'
import type { Entorno } from './puertos.ts'

type Opciones<T> = Readonly<{
  /** Cuántas van juntas, a lo más. */
  maximo: number
  /** Cuántas tandas a la vez. */
  escritores: number
  entorno: Pick<Entorno, 'reloj' | 'planificador'>
  /** Hace una tanda, toda o nada. */
  hacer: (tanda: readonly T[]) => Promise<unknown>
}>

type Espera<T> = EnEspera & Readonly<{ cosa: T; resolver: () => void }>

/**
 * Junta en una misma tanda lo que se pide mientras las anteriores están en curso: con poca carga cada cosa va sola y no espera más que a que
 * se lea lo que llegó con ella, y con mucha cuesta una fracción. Lo pedido resuelve cuando su tanda termina; si falla, falla entera. Lo que
 * espera de más a que empiece la suya se rechaza.
 */
export const agrupar = <T>({ maximo, escritores, entorno, hacer }: Opciones<T>): ((cosa: T) => Promise<void>) => {
  const { reloj, planificador } = entorno
  const esperando: Espera<T>[] = []
  let enCurso = 0
  let programado = false
  const siguiente = (): readonly Espera<T>[] => {
    while (esperando[0] !== undefined && rechazarSiCaduco(esperando[0], reloj)) esperando.shift()
    return esperando.splice(0, maximo)
  }
  const seguir = async (): Promise<void> => {
    enCurso += 1
    for (let tanda = siguiente(); tanda.length > 0; tanda = siguiente()) {
      try {
        await hacer(tanda.map(({ cosa }) => cosa))
        for (const { resolver } of tanda) resolver()
      } catch (error) {
        for (const { rechazar } of tanda) rechazar(error)
      }
    }
    enCurso -= 1
  }
  const empezar = (cuantas: number): void => {
    while (esperando.length >= cuantas && enCurso < escritores) void seguir()
  }
  // Después de leer lo que ya llegó: lo que se pidió en esta vuelta va junto.
  const programar = (): void => {
    if (programado || enCurso === escritores) return
    programado = true
    planificador.enseguida(() => {
      programado = false
      empezar(1)
    })
  }
  return (cosa) =>
    new Promise((resolver, rechazar) => {
      esperando.push({ cosa, resolver, rechazar, desde: reloj.monotono() })
      // Una tanda llena no gana nada con esperar: quien la hace trabaja mientras se lee lo demás.
      empezar(maximo)
      programar()
    })
}
