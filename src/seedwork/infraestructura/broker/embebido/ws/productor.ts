import type { WebSocket } from 'ws'
import type { Tx } from '../../../almacen/puerto.ts'
import type { Mensaje } from '../../puerto.ts'
import type { Pedido } from './direccion.ts'
import { escribirId, ID_DE_REPETIDO, ledgerDe } from './id_de_mensaje.ts'
import type { PartesWs, Sesion } from './partes.ts'
import { Salida } from './salida.ts'
import { guardarSecuencia, secuenciaDe } from './tablas.ts'
import { type Envio, leerEnvio, TramaInvalida } from './tramas.ts'

type PedidoDeProductor = Extract<Pedido, { clase: 'productor' }>

/** La secuencia con que sigue: la que dice, o la última que guardó. `undefined` si no tiene nombre: entonces nada se reconoce. */
export const secuenciaInicial = async (
  { almacen }: PartesWs,
  { topico, nombre, secuencia }: PedidoDeProductor,
): Promise<number | undefined> => {
  if (nombre === undefined) return undefined
  return secuencia ?? (await almacen.lector.una(secuenciaDe, { topico, nombre }))?.secuencia ?? -1
}

/** Un envío que no se puede guardar sin desordenar: el anterior de su productor no está. */
class FaltaElAnterior extends Error {}

/**
 * Guarda lo que un productor envía, en orden, y lo confirma cuando es durable. Con nombre, cada envío lleva su número: uno que ya está
 * se confirma sin guardarlo otra vez, y tras uno que no se pudo guardar ninguno entra hasta que el productor vuelva a empezar.
 */
export const atenderProductor = (
  partes: PartesWs,
  enchufe: WebSocket,
  { topico, nombre }: PedidoDeProductor,
  inicial: number | undefined,
): Sesion => {
  const { broker, almacen, entorno, limites, alFallar } = partes
  const ledger = ledgerDe(broker.epoca)
  const salida = new Salida(enchufe, { tope: limites.salida, alCaber: () => regular() })
  const enCurso = new Set<Promise<void>>()
  let bytes = 0
  let siguiente = (inicial ?? -1) + 1
  const primera = siguiente

  /** A quien envía más deprisa de lo que se guarda, o no lee sus confirmaciones, se le deja de leer. */
  const regular = (): void => {
    const lleno = enCurso.size >= limites.sinConfirmar || bytes >= limites.bytesSinConfirmar || !salida.cabe
    if (enchufe.readyState !== enchufe.OPEN || lleno === enchufe.isPaused) return
    if (lleno) enchufe.pause()
    else enchufe.resume()
  }

  const guardar = (mensaje: Mensaje, secuencia: number) =>
    almacen.ejecutar(async (tx) => {
      if (nombre === undefined) return broker.publicarUno(tx, mensaje)
      if (await yaEsta(tx, { topico, nombre, secuencia, primera })) return undefined
      await tx.ejecutar(guardarSecuencia, { topico, nombre, secuencia, instante: entorno.reloj.ahora() })
      return broker.publicarUno(tx, mensaje)
    })

  const enviar = async ({ contexto, id, mensaje }: Envio): Promise<void> => {
    const conContexto = contexto !== undefined && { context: contexto }
    try {
      const entrada = await guardar({ ...mensaje, topico, id: id ?? entorno.ids() }, siguiente++)
      const messageId = entrada === undefined ? ID_DE_REPETIDO : escribirId({ ledger, entrada })
      salida.enviar({ result: 'ok', messageId, ...conContexto, errorCode: 0, schemaVersion: 0 })
    } catch (error) {
      if (!(error instanceof FaltaElAnterior)) alFallar(error)
      salida.enviar({ result: 'send-error:8', errorMsg: String(error), ...conContexto, errorCode: 0, schemaVersion: 0 })
    }
  }

  return {
    recibir: (texto) => {
      try {
        const envio = leerEnvio(texto)
        const suyo = enviar(envio)
        bytes += texto.length
        enCurso.add(suyo)
        void suyo.finally(() => {
          bytes -= texto.length
          enCurso.delete(suyo)
          regular()
        })
      } catch (error) {
        if (!(error instanceof TramaInvalida)) throw error
        const { resultado, message, contexto } = error
        salida.enviar({ result: resultado, errorMsg: message, ...(contexto !== undefined && { context: contexto }), errorCode: 0 })
      }
      regular()
    },
    soltar: async () => void (await Promise.all(enCurso)),
  }
}

/** Si ese envío ya se guardó. Lanza `FaltaElAnterior` si el de antes, de este mismo enchufe, no. */
const yaEsta = async (
  tx: Tx,
  { topico, nombre, secuencia, primera }: Readonly<{ topico: string; nombre: string; secuencia: number; primera: number }>,
): Promise<boolean> => {
  const ultima = (await tx.una(secuenciaDe, { topico, nombre }))?.secuencia ?? -1
  if (secuencia > primera && ultima < secuencia - 1) throw new FaltaElAnterior(`El envío ${secuencia - 1} de ${nombre} no está.`)
  return secuencia <= ultima
}
