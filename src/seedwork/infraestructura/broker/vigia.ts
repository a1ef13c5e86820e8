import { connect } from 'node:net'
import { noDisponible } from '../../dominio/errores.ts'
import type { Cancelable, Planificador } from '../puertos.ts'
import type { Broker } from './puerto.ts'

const CADA_MS = 1_000
const PLAZO_MS = 3_000

/**
 * Un adaptador que se reconecta solo no dice que está desconectado: una lectura suya calla igual si no hay nada que leer que si no hay
 * broker. Con el vigía, cuando ahí no escucha nadie la lectura falla con `broker_ausente`, y quien lee sabe a qué atenerse.
 */
export const conVigia = (
  leer: Broker['leer'],
  { host, puerto, planificador }: Readonly<{ host: string; puerto: number; planificador: Planificador }>,
): Readonly<{ leer: Broker['leer']; cerrar: () => void }> => {
  const lecturas = new Set<AbortController>()
  let presente = true
  let siguiente: Cancelable | undefined
  let cerrado = false
  const mirar = async (): Promise<void> => {
    presente = await escuchan(host, puerto)
    if (!presente) for (const lectura of lecturas) lectura.abort()
    if (!cerrado) siguiente = planificador.tras(CADA_MS, () => void mirar())
  }
  const primera = mirar()
  return {
    leer: async function* (lectura) {
      await primera
      if (!presente) throw ausente(host, puerto)
      const corte = new AbortController()
      lecturas.add(corte)
      try {
        yield* leer({ ...lectura, senal: AbortSignal.any([lectura.senal, corte.signal]) })
      } finally {
        lecturas.delete(corte)
      }
      if (corte.signal.aborted && !lectura.senal.aborted) throw ausente(host, puerto)
    },
    cerrar: () => {
      cerrado = true
      siguiente?.cancelar()
    },
  }
}

const escuchan = (host: string, puerto: number): Promise<boolean> =>
  new Promise((resolver) => {
    const enchufe = connect({ host, port: puerto, timeout: PLAZO_MS })
    const decir = (si: boolean) => () => {
      enchufe.destroy()
      resolver(si)
    }
    enchufe.once('connect', decir(true))
    enchufe.once('error', decir(false))
    enchufe.once('timeout', decir(false))
  })

const ausente = (host: string, puerto: number) =>
  noDisponible('broker_ausente', { es: `El broker no está en ${host}:${puerto}.`, en: `The broker is not at ${host}:${puerto}.` })
