import type { Almacen, Tx } from '../../almacen/puerto.ts'
import { puntoDeCaida } from '../../almacen/punto_de_caida.ts'
import type { Cancelable, Entorno } from '../../puertos.ts'
import type { Mensaje } from '../puerto.ts'
import * as tablas from './tablas.ts'
import type { Recibido } from './ventana.ts'

/** Cuánto después de repartir una posición se mira si alguien la recibió. */
const MIRAR_MS = 1_000

/** A quién se le da lo confirmado. `releer`: hay algo en el log que nadie le va a dar. */
export type Lectora = Readonly<{ topico: string; entregar: (recibido: Recibido, para: string | null) => void; releer: () => void }>

export type Log = Readonly<{
  /** La última posición repartida: puede ser de una unidad todavía abierta. */
  ultima: () => number
  /** Lo agrega dentro de la tx, sólo para la suscripción `para` si se dice, y devuelve su posición. Se entrega después del commit. */
  escribir: (tx: Tx, mensaje: Mensaje, para: string | null) => Promise<number>
  publicar: (tx: Tx, mensajes: readonly Mensaje[]) => Promise<void>
  recibir: (fila: tablas.Publicado) => Recibido
  /** Resuelve con la siguiente publicación en el tópico. */
  novedad: (topico: string) => Promise<void>
  cerrar: () => void
}>

type Partes = Readonly<{ almacen: Almacen; entorno: Entorno; ultimaAnterior: number; lectoras: () => Iterable<Lectora> }>

/** Escribe el log: reparte las posiciones en memoria, y lo confirmado se lo da a quien lee sin releerlo. */
export const abrirLog = ({ almacen, entorno, ultimaAnterior, lectoras }: Partes): Log => {
  let ultima = ultimaAnterior
  let confirmada = ultimaAnterior
  let vigia: Cancelable | undefined
  const novedades = new Map<string, PromiseWithResolvers<void>>()

  const anunciar = (topico: string): void => {
    novedades.get(topico)?.resolve()
    novedades.delete(topico)
  }

  /** Faltan posiciones, y no se sabe de qué tópico: se deshicieron, o su COMMIT pareció fallar y sí quedó escrito. Sólo el log lo sabe. */
  const releer = (): void => {
    for (const lectora of lectoras()) lectora.releer()
    for (const topico of novedades.keys()) anunciar(topico)
  }

  /** De lo que quedó escrito sin que nadie lo sepa no avisa nadie, y puede que nadie publique después: al rato se mira. */
  const vigilar = (): void => {
    if (vigia !== undefined) return
    const hasta = ultima
    vigia = entorno.planificador.tras(MIRAR_MS, () => {
      vigia = undefined
      if (confirmada < hasta) {
        confirmada = hasta
        releer()
      }
      if (ultima > hasta) vigilar()
    })
  }

  const entregar = (fila: tablas.Publicado, mensaje: Mensaje): void => {
    const recibido = { ...mensaje, posicion: `${almacen.epoca}.${fila.posicion}`, numero: fila.posicion, instante: fila.instante }
    if (fila.posicion !== confirmada + 1) releer()
    confirmada = Math.max(confirmada, fila.posicion)
    for (const lectora of lectoras()) if (lectora.topico === fila.topico) lectora.entregar(recibido, fila.para)
    anunciar(fila.topico)
  }

  const escribir: Log['escribir'] = async (tx, mensaje, para) => {
    const { topico, id, llave, datos, propiedades } = mensaje
    const instante = entorno.reloj.ahora()
    const fila = { posicion: ++ultima, topico, id, llave, para, propiedades: JSON.stringify(propiedades), datos, instante }
    vigilar()
    tx.escribir(tablas.agregarAlOutbox, fila)
    tx.alConfirmar(() => entregar(fila, mensaje))
    return fila.posicion
  }

  return {
    ultima: () => ultima,
    escribir,
    publicar: async (tx, mensajes) => {
      puntoDeCaida('outbox.antes_de_escribir')
      for (const mensaje of mensajes) await escribir(tx, mensaje, null)
      puntoDeCaida('outbox.despues_de_escribir')
    },
    recibir: (fila) => ({
      topico: fila.topico,
      id: fila.id,
      llave: fila.llave,
      datos: fila.datos,
      propiedades: JSON.parse(fila.propiedades),
      posicion: `${almacen.epoca}.${fila.posicion}`,
      numero: fila.posicion,
      instante: fila.instante,
    }),
    novedad: (topico) => {
      const espera = novedades.get(topico) ?? Promise.withResolvers<void>()
      novedades.set(topico, espera)
      return espera.promise
    },
    cerrar: () => vigia?.cancelar(),
  }
}
