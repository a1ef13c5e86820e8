import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { UnidadDeTrabajo } from '../../infraestructura/almacen/puerto.ts'
import type { Broker, Consumidor, Entrega, Lectura, Mensaje, MensajeRecibido, Suscripcion } from '../../infraestructura/broker/puerto.ts'

/** Un broker abierto y lo que la suite necesita hacerle. `broker` es siempre el de ahora: cambia al reabrir. */
export interface Banco extends UnidadDeTrabajo {
  readonly broker: Broker
  /** Pasan `ms`: mueve el reloj de la prueba; donde el broker tiene el suyo, espera de verdad. */
  pasar(ms: number): Promise<void>
  /** Cierra en orden y abre otra vez sobre los mismos datos. */
  reabrir(): Promise<void>
  /** Desaparece sin despedirse, como un proceso que muere, y abre otra vez. */
  caer(): Promise<void>
  /** Si el borrado por antigüedad deja siempre lo último de cada tópico. Pulsar borra tramos enteros, también con lo último. */
  readonly conservaElUltimo: boolean
  /** Vence todo lo publicado que nadie espera. */
  vencer(): Promise<void>
  cerrar(): Promise<void>
}

export type AbrirBanco = () => Promise<Banco>

export type Prueba = (nombre: string, cuerpo: (banco: Banco) => Promise<void>) => void

/** Cada prueba con su banco, que se cierra al terminar. La que falla no espera a que se cierre: podría no ocurrir nunca. */
export const pruebaCon =
  (abrir: AbrirBanco): Prueba =>
  (nombre, cuerpo) =>
    void test(nombre, { timeout: 60_000 }, async () => {
      const banco = await abrir()
      try {
        await cuerpo(banco)
      } catch (error) {
        banco.cerrar().catch(() => {})
        throw error
      }
      await banco.cerrar()
    })

const PLAZO_MS = 15_000

/** Espera un hecho; si no ocurre en el plazo, falla con su nombre. */
export const cuando = async ({ pasar }: Pick<Banco, 'pasar'>, que: string, hecho: () => boolean): Promise<void> => {
  const limite = performance.now() + PLAZO_MS
  while (!hecho()) {
    if (performance.now() > limite) assert.fail(`no ocurrió en ${PLAZO_MS} ms: ${que}`)
    await pasar(1)
  }
}

export const nombreNuevo = (): string => `prueba-${randomUUID()}`

/** Un mensaje cuyo contenido no importa: sus bytes son su identificador. */
export const unMensaje = (cambios: Partial<Mensaje> & Pick<Mensaje, 'topico' | 'id'>): Mensaje => ({
  llave: null,
  datos: Buffer.from(cambios.id),
  propiedades: {},
  ...cambios,
})

/** Publica en una tx, en orden. Cada uno es `id`, o `[llave, id]`. */
export const publicar = (banco: Banco, topico: string, ids: readonly (string | readonly [string, string])[]): Promise<void> => {
  const mensajes = ids.map((id) => (typeof id === 'string' ? unMensaje({ topico, id }) : unMensaje({ topico, llave: id[0], id: id[1] })))
  return banco.ejecutar((tx) => banco.broker.publicar(tx, mensajes))
}

/** Lo que una suscripción recibió, en el orden en que empezó a manejarse. */
export type Apuntes = Readonly<{ consumidor: Consumidor; entregas: Entrega[]; ids: () => string[] }>

type Opciones = Partial<Suscripcion> & Pick<Suscripcion, 'topico'>

/** Se suscribe (Shared y desde el primero, si no se dice otra cosa) y apunta lo que llega antes de manejarlo. */
export const apuntar = async (banco: Banco, { manejar = async () => {}, ...opciones }: Opciones): Promise<Apuntes> => {
  const entregas: Entrega[] = []
  const consumidor = await banco.broker.suscribir({
    nombre: 'sub',
    tipo: 'Shared',
    inicio: 'primero',
    permisos: 10,
    ...opciones,
    manejar: async (entrega) => {
      entregas.push(entrega)
      await manejar(entrega)
    },
  })
  return { consumidor, entregas, ids: () => entregas.map(({ mensaje }) => mensaje.id) }
}

/** Espera hasta que no quede nada por saldar en las suscripciones de este proceso. */
export const alDrenar = (banco: Banco): Promise<void> =>
  cuando(banco, 'todo saldado', () => banco.broker.atrasos().every(({ pendientes }) => pendientes === 0))

/** Lee `cuantos` y aborta. */
export const leerAlgunos = async (banco: Banco, lectura: Omit<Lectura, 'senal'>, cuantos: number): Promise<MensajeRecibido[]> => {
  const leidos: MensajeRecibido[] = []
  const aborto = new AbortController()
  for await (const mensaje of banco.broker.leer({ ...lectura, senal: aborto.signal })) {
    leidos.push(mensaje)
    if (leidos.length >= cuantos) aborto.abort()
  }
  return leidos
}

export const idsDe = (mensajes: readonly Pick<Mensaje, 'id'>[]): string[] => mensajes.map(({ id }) => id)

/** `prefijo1`, `prefijo2`, … */
export const serie = (cuantos: number, prefijo = ''): string[] => Array.from({ length: cuantos }, (_, i) => `${prefijo}${i + 1}`)

/** Una puerta que la prueba abre cuando quiere. */
export const puerta = (): Readonly<{ abrir: () => void; pasar: Promise<void> }> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { abrir: resolve, pasar: promise }
}

export const CAUSA = { codigo: 'de_prueba', mensaje: 'La prueba lo pidió.' } as const
