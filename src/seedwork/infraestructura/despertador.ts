import type { Instante } from '../dominio/instante.ts'
import type { Tx, UnidadDeTrabajo } from './almacen/puerto.ts'
import type { Cancelable, Entorno } from './puertos.ts'

/** Lo que vence en una unidad de trabajo: acotado, para no retener el almacén. */
const POR_VEZ = 100
/** Lo más que se duerme: la hora puede saltar, y los plazos son de la hora. */
const MIRAR_CADA_MS = 30_000
const TRAS_FALLO_MS = 1_000

export type Despertador = Readonly<{
  /** Hay un plazo a esa hora. Antes de empezar no hace nada: se leerá del almacén. */
  avisar: (vence: Instante) => void
  /** Empieza: vence lo que quedó pendiente de antes y sigue. */
  empezar: () => void
  /** Espera lo que está en curso y no vence nada más: lo pendiente queda guardado. */
  detener: () => Promise<void>
}>

type Partes = Readonly<{
  uow: UnidadDeTrabajo
  entorno: Pick<Entorno, 'reloj' | 'planificador'>
  vencer: (tx: Tx, maximo: number) => Promise<Instante | undefined>
  alFallar: (error: unknown) => void
}>

/** Vence los plazos guardados cuando llega su hora. Los que vencieron con el proceso apagado vencen al empezar. */
export const crearDespertador = ({ uow, entorno, vencer, alFallar }: Partes): Despertador => {
  const { reloj, planificador } = entorno
  let estado: 'quieto' | 'despierto' | 'detenido' = 'quieto'
  let espera: Readonly<{ hasta: Instante; cancelable: Cancelable }> | undefined
  let enCurso = Promise.resolve()

  const dormir = (hasta: Instante): void => {
    if (estado !== 'despierto' || (espera !== undefined && espera.hasta <= hasta)) return
    espera?.cancelable.cancelar()
    const ms = Math.min(Math.max(0, hasta - reloj.ahora()), MIRAR_CADA_MS)
    espera = { hasta, cancelable: planificador.tras(ms, despertar) }
  }

  const despertar = (): void => {
    espera = undefined
    enCurso = enCurso.then(mirar)
  }

  const mirar = async (): Promise<void> => {
    if (estado !== 'despierto') return
    try {
      const proximo = await uow.ejecutar((tx) => vencer(tx, POR_VEZ), 'consumidor')
      dormir(proximo ?? reloj.ahora() + MIRAR_CADA_MS)
    } catch (error) {
      alFallar(error)
      dormir(reloj.ahora() + TRAS_FALLO_MS)
    }
  }

  return {
    avisar: dormir,
    empezar: () => {
      estado = 'despierto'
      despertar()
    },
    detener: () => {
      estado = 'detenido'
      espera?.cancelable.cancelar()
      return enCurso
    },
  }
}
