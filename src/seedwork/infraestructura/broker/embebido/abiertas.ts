import type { Suscripcion } from '../puerto.ts'
import { posicionInicial } from './lectura.ts'
import type { ConsumidorRemoto, SuscripcionRemota } from './remoto.ts'
import { type Contexto, SuscripcionEmbebida } from './suscripcion.ts'
import * as tablas from './tablas.ts'

type Cual = Pick<Suscripcion, 'topico' | 'nombre'>

export type Abiertas = Readonly<{
  todas: () => Iterable<SuscripcionEmbebida>
  buscar: (cual: Cual) => SuscripcionEmbebida | undefined
  /** Une un consumidor a la suscripción, que se abre con el primero. */
  suscribir: (suscripcion: SuscripcionRemota) => Promise<ConsumidorRemoto>
  /** Hace `cambio` con la suscripción cerrada. Quien se suscriba mientras corre espera a que termine. */
  sinNadie: <T>(cual: Cual, cambio: () => Promise<T>) => Promise<T>
  cerrar: () => Promise<void>
}>

/** Las suscripciones que este proceso tiene abiertas: cada una, una sola vez, la pidan cuantos la pidan. */
export const crearAbiertas = (contexto: Contexto, ultima: () => number): Abiertas => {
  const { almacen } = contexto
  const suscripciones = new Map<string, SuscripcionEmbebida>()
  const abiertas = new Map<string, Promise<SuscripcionEmbebida>>()
  const cambios = new Map<string, Promise<unknown>>()

  const abrir = ({ topico, nombre, tipo, inicio, remota }: SuscripcionRemota): Promise<SuscripcionEmbebida> =>
    almacen.ejecutar(async (tx) => {
      const hasta = (await tx.una(tablas.leerSuscripcion, { topico, nombre }))?.hasta
      const donde = hasta ?? (await posicionInicial({ epoca: almacen.epoca, lector: tx }, { topico, inicio, ultima: ultima() }))
      const nueva = await SuscripcionEmbebida.abrir(tx, contexto, { topico, nombre, tipo, ...(remota && { remota }) }, donde)
      tx.alConfirmar(() => suscripciones.set(llaveDe(nueva), nueva))
      return nueva
    })

  const abrirUnaVez = (suscripcion: SuscripcionRemota): Promise<SuscripcionEmbebida> => {
    const llave = llaveDe(suscripcion)
    const abierta = abiertas.get(llave) ?? cambios.get(llave)?.then(() => abrir(suscripcion)) ?? abrir(suscripcion)
    abiertas.set(llave, abierta)
    abierta.catch(() => abiertas.delete(llave))
    return abierta
  }

  return {
    todas: () => suscripciones.values(),
    buscar: (cual) => suscripciones.get(llaveDe(cual)),
    suscribir: async (suscripcion) => {
      const abierta = await abrirUnaVez(suscripcion)
      if (abierta.tipo !== suscripcion.tipo) throw new Error(`La suscripción ${abierta.nombre} es ${abierta.tipo}, no ${suscripcion.tipo}.`)
      return abierta.unir(suscripcion)
    },
    sinNadie: async (cual, cambio) => {
      const llave = llaveDe(cual)
      const [anterior, enCurso] = [abiertas.get(llave), cambios.get(llave)]
      const corriendo = (async () => {
        await enCurso
        const abierta = await anterior?.catch(() => undefined)
        await abierta?.cerrar()
        suscripciones.delete(llave)
        return cambio()
      })()
      abiertas.delete(llave)
      const terminado = corriendo.then(
        () => {},
        () => {},
      )
      cambios.set(llave, terminado)
      void terminado.then(() => cambios.get(llave) === terminado && cambios.delete(llave))
      return corriendo
    },
    cerrar: async () => {
      await Promise.allSettled(abiertas.values())
      await Promise.all([...suscripciones.values()].map((suscripcion) => suscripcion.cerrar()))
    },
  }
}

const llaveDe = ({ topico, nombre }: Cual): string => JSON.stringify([topico, nombre])
