import type { WebSocket } from 'ws'
import { causaDe } from '../../causa.ts'
import type { Pedido } from './direccion.ts'
import { CIERRE } from './limites.ts'
import type { PartesWs, Sesion } from './partes.ts'
import { Salida } from './salida.ts'
import { leerObjeto, tramaDe } from './tramas.ts'

/** Manda un tópico en orden, con no más de `permisos` mensajes sin acusar. Los acuses no se guardan: sólo dan paso. */
export const atenderLector = (
  { broker, limites, alFallar }: PartesWs,
  enchufe: WebSocket,
  { topico, desde, permisos }: Extract<Pedido, { clase: 'lector' }>,
): Sesion => {
  const fin = new AbortController()
  let sinAcusar = 0
  let pasar = (): void => {}
  const salida = new Salida(enchufe, { tope: limites.salida, alCaber: () => pasar() })
  const paso = async (): Promise<void> => {
    while (!fin.signal.aborted && (sinAcusar >= permisos || !salida.cabe)) await new Promise<void>((seguir) => (pasar = seguir))
  }
  const leer = async (): Promise<void> => {
    for await (const mensaje of broker.leer({ topico, desde, senal: fin.signal })) {
      await paso()
      if (fin.signal.aborted) return
      sinAcusar++
      salida.enviar(tramaDe(mensaje, 0))
    }
  }
  const lectura = leer().catch((error: unknown) => {
    alFallar(error)
    const { codigo, mensaje } = causaDe(error)
    enchufe.close(CIERRE.error, recortar(`${codigo}: ${mensaje}`))
  })
  return {
    recibir: (texto) => {
      const trama = leerObjeto(texto)
      if (trama?.type === 'isEndOfTopic') return salida.enviar({ endOfTopic: false })
      if (typeof trama?.messageId !== 'string') return enchufe.close(CIERRE.error, 'No se entiende esa trama.')
      sinAcusar = Math.max(0, sinAcusar - 1)
      pasar()
    },
    soltar: async () => {
      fin.abort()
      pasar()
      await lectura
    },
  }
}

/** El motivo de un cierre cabe en 123 bytes. */
const recortar = (texto: string): string =>
  Buffer.from(texto)
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\uFFFD$/, '')
