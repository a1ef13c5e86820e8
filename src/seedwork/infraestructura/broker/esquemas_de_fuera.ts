import type { EsquemasConocidos } from '../mensajes/lectura.ts'
import type { Reloj } from '../puertos.ts'
import type { Broker, MensajeRecibido } from './puerto.ts'

/** Cuánto se deja de preguntar por un esquema que nadie registró: el que lo escribió pudo hacerlo mal. */
const DESCONOCIDO_MS = 10_000
const DESCONOCIDOS_MAXIMOS = 1_000

/** Los esquemas que registran otros procesos, y un broker que no entrega un mensaje sin haber preguntado por el suyo. */
export type ConEsquemas<B> = Readonly<{ esquemas: EsquemasConocidos; broker: B }>

/**
 * Un proceso que no escribe en un tópico lee lo que escriban versiones de otros que aún no existían cuando arrancó. Aquí, antes de
 * entregar un mensaje con un esquema que no se conoce, se vuelve a preguntar por todos. Si no se puede preguntar, la entrega falla y se
 * repite: no se toma por indescifrable lo que sólo es nuevo.
 */
export const conEsquemas = <B extends Partial<Pick<Broker, 'leer' | 'suscribir'>>>(
  broker: B,
  { cargar, reloj }: Readonly<{ cargar: () => Promise<EsquemasConocidos>; reloj: Pick<Reloj, 'monotono'> }>,
): ConEsquemas<B> => {
  const desconocidos = new Map<string, number>()
  let conocidos: EsquemasConocidos = { porDataschema: () => undefined }
  let cargando: Promise<EsquemasConocidos> | undefined

  const conocer = async ({ propiedades: { dataschema } }: MensajeRecibido): Promise<void> => {
    if (dataschema === undefined || conocidos.porDataschema(dataschema) !== undefined) return
    if (reloj.monotono() - (desconocidos.get(dataschema) ?? Number.NEGATIVE_INFINITY) < DESCONOCIDO_MS) return
    cargando ??= cargar().finally(() => {
      cargando = undefined
    })
    conocidos = await cargando
    if (conocidos.porDataschema(dataschema) !== undefined) return
    if (desconocidos.size >= DESCONOCIDOS_MAXIMOS) desconocidos.clear()
    desconocidos.set(dataschema, reloj.monotono())
  }

  const leer: Broker['leer'] = async function* (lectura) {
    for await (const mensaje of broker.leer?.(lectura) ?? []) {
      await conocer(mensaje)
      yield mensaje
    }
  }
  const suscribir: Broker['suscribir'] = (suscripcion) =>
    (broker as Pick<Broker, 'suscribir'>).suscribir({
      ...suscripcion,
      manejar: async (entrega) => {
        await conocer(entrega.mensaje)
        await suscripcion.manejar(entrega)
      },
    })
  return { esquemas: { porDataschema: (dataschema) => conocidos.porDataschema(dataschema) }, broker: { ...broker, leer, suscribir } }
}
