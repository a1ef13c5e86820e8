import type { Almacen } from '../../almacen/puerto.ts'
import type { Suscripcion } from '../puerto.ts'
import { posicionInicial } from './lectura.ts'
import type { BrokerEmbebido, EstadoDeSuscripcion } from './remoto.ts'
import type { SuscripcionEmbebida } from './suscripcion.ts'
import * as tablas from './tablas.ts'

type Cual = Pick<Suscripcion, 'topico' | 'nombre'>

type Contexto = Readonly<{
  almacen: Almacen
  ultima: () => number
  abierta: (cual: Cual) => SuscripcionEmbebida | undefined
  /** Cierra la que haya, corre `cambio` con nadie en ella y deja que se vuelva a abrir. */
  sinNadie: <T>(cual: Cual, cambio: () => Promise<T>) => Promise<T>
}>

/** Lo que un operador hace con las suscripciones de un tópico. */
export const crearAdministracion = ({
  almacen,
  ultima,
  abierta,
  sinNadie,
}: Contexto): Pick<BrokerEmbebido, 'crearSuscripcion' | 'moverSuscripcion' | 'borrarSuscripcion' | 'estadoDe'> => ({
  crearSuscripcion: ({ topico, nombre, inicio }) =>
    almacen.ejecutar(async (tx) => {
      const hasta = await posicionInicial({ epoca: almacen.epoca, lector: tx }, { topico, inicio, ultima: ultima() })
      await tx.ejecutar(tablas.crearSuscripcion, { topico, nombre, hasta })
    }),
  moverSuscripcion: ({ topico, nombre, inicio }) =>
    sinNadie({ topico, nombre }, () =>
      almacen.ejecutar(async (tx) => {
        const hasta = await posicionInicial({ epoca: almacen.epoca, lector: tx }, { topico, inicio, ultima: ultima() })
        await tx.ejecutar(tablas.borrarAcuses, { topico, nombre, hasta: Number.MAX_SAFE_INTEGER })
        await tx.ejecutar(tablas.borrarIntentos, { topico, nombre, hasta: Number.MAX_SAFE_INTEGER })
        return (await tx.ejecutar(tablas.avanzarHasta, { topico, nombre, hasta })) > 0
      }),
    ),
  borrarSuscripcion: ({ topico, nombre }) =>
    sinNadie({ topico, nombre }, () =>
      almacen.ejecutar(async (tx) => {
        await tx.ejecutar(tablas.borrarAcuses, { topico, nombre, hasta: Number.MAX_SAFE_INTEGER })
        await tx.ejecutar(tablas.borrarIntentos, { topico, nombre, hasta: Number.MAX_SAFE_INTEGER })
        return (await tx.ejecutar(tablas.borrarSuscripcion, { topico, nombre })) > 0
      }),
    ),
  estadoDe: async (topico) => {
    const filas = await almacen.lector.todas(tablas.suscripcionesDe, { topico })
    return Promise.all(filas.map((fila) => estadoDe(almacen, fila, abierta(fila))))
  },
})

/** De una que nadie abrió en esta vida sólo se sabe lo guardado. */
const estadoDe = async (
  { lector }: Almacen,
  fila: tablas.FilaSuscripcion,
  abierta: SuscripcionEmbebida | undefined,
): Promise<EstadoDeSuscripcion> => {
  const { topico, nombre } = fila
  const acusadas = async (desde: number): Promise<number[]> =>
    (await lector.todas(tablas.leerAcuses, { topico, nombre, desde })).map(({ posicion }) => posicion).sort((a, b) => a - b)
  if (abierta !== undefined) {
    const { cuantos, enVuelo } = abierta.consumidores
    const { pendientes } = abierta.atraso()
    const { hasta } = abierta
    return { nombre, tipo: abierta.tipo, hasta, saldadas: await acusadas(hasta), pendientes, consumidores: cuantos, enVuelo }
  }
  const { total = 0 } = (await lector.una(tablas.contarDesde, { topico, nombre, desde: fila.hasta })) ?? {}
  const saldadas = await acusadas(fila.hasta)
  return { nombre, tipo: undefined, hasta: fila.hasta, saldadas, pendientes: total - saldadas.length, consumidores: 0, enVuelo: 0 }
}
