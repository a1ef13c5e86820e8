import type { WebSocket } from 'ws'
import type { ConsumidorRemoto, EntregaRemota } from '../remoto.ts'
import type { Pedido } from './direccion.ts'
import { CIERRE } from './limites.ts'
import type { PartesWs, Sesion } from './partes.ts'
import { Salida } from './salida.ts'
import { idDe, leerObjeto, tramaDe } from './tramas.ts'

type PedidoDeConsumidor = Extract<Pedido, { clase: 'consumidor' }>

/** Un mensaje en manos de este enchufe, o esperando por salir. `terminar` lo salda como se diga. */
type EnMano = Readonly<{ entrega: EntregaRemota; terminar: (como: () => Promise<void>) => void }>

const RECHAZADO = { codigo: 'rechazado', mensaje: 'Quien lo recibió lo rechazó.' } as const

/**
 * Reparte una suscripción por un enchufe. Cada mensaje se salda con lo que responda el otro lado; lo que no llegó a saldar cuando se va
 * vuelve a la suscripción, en su lugar.
 */
export class SesionDeConsumidor implements Sesion {
  readonly topico: string
  readonly suscripcion: string
  readonly #partes: PartesWs
  readonly #pedido: PedidoDeConsumidor
  /** Por `messageId`. */
  readonly #entregados = new Map<string, EnMano>()
  readonly #porSalir: EnMano[] = []
  #salida: Salida | undefined
  #enchufe: WebSocket | undefined
  #permitidos: number
  #consumidor: Promise<ConsumidorRemoto> | undefined
  /** El de `#consumidor`, cuando ya se unió. */
  #unido: ConsumidorRemoto | undefined
  #bytes = 0
  #suelta = false

  constructor(partes: PartesWs, pedido: PedidoDeConsumidor) {
    this.#partes = partes
    this.#pedido = pedido
    this.topico = pedido.topico
    this.suscripcion = pedido.suscripcion
    this.#permitidos = pedido.conPermisos ? 0 : Number.POSITIVE_INFINITY
  }

  /** Se une a la suscripción. Rechaza si es de otro tipo o no admite a nadie más. Nada sale hasta `conectar`. */
  async unirse(): Promise<void> {
    const { topico, suscripcion: nombre, tipo, inicio } = this.#pedido
    const caben = (): number => this.#caben()
    this.#suelta = false
    this.#consumidor = this.#partes.broker.suscribirRemoto({
      ...{ topico, nombre, tipo, inicio },
      remota: true,
      get permisos() {
        return caben()
      },
      manejar: (entrega) => this.#manejar(entrega),
    })
    this.#unido = await this.#consumidor
  }

  conectar(enchufe: WebSocket): void {
    this.#enchufe = enchufe
    this.#salida = new Salida(enchufe, { tope: this.#partes.limites.salida, alCaber: () => this.#bombear() })
    this.#bombear()
  }

  /** Acuse, rechazo o permiso. Lo que no se entiende cierra el enchufe: aquí un `type` desconocido no acusa nada. */
  recibir(texto: string): void {
    const trama = leerObjeto(texto)
    if (trama === undefined) return void this.#enchufe?.terminate()
    const { type, messageId, permitMessages } = trama
    if (type === 'permit' && typeof permitMessages === 'number' && permitMessages > 0) this.#permitir(permitMessages)
    else if (type === 'isEndOfTopic') this.#salida?.enviar({ endOfTopic: false })
    else if (type === 'unsubscribe') void this.#desuscribir()
    else if (type === 'negativeAcknowledge' && typeof messageId === 'string') this.#rechazar(messageId)
    else if ((type === undefined || type === null || type === 'ack') && typeof messageId === 'string')
      this.#saldar(messageId, async () => {})
    else this.#enchufe?.close(CIERRE.error, 'No se entiende esa trama.')
  }

  /** Devuelve lo que tiene y sale de la suscripción. */
  async soltar(): Promise<void> {
    const consumidor = await this.#consumidor?.catch(() => undefined)
    this.#consumidor = undefined
    this.#unido = undefined
    const cerrado = consumidor?.cerrar()
    this.#suelta = true
    this.#devolverTodo()
    await cerrado
  }

  /** Cuántos puede tener entre los que le llegaron y los que van a salir. Con `pullMode`, los que pidió, y ninguno por adelantado. */
  #caben(): number {
    const { permisos, conPermisos } = this.#pedido
    if (!conPermisos) return permisos
    const { sinAcusar, bytesSinAcusar } = this.#partes.limites
    return this.#bytes >= bytesSinAcusar ? 0 : Math.min(sinAcusar, this.#entregados.size + this.#permitidos)
  }

  async #manejar(entrega: EntregaRemota): Promise<void> {
    if (this.#suelta) return entrega.devolver()
    return new Promise((resolver, rechazar) => {
      const terminar: EnMano['terminar'] = (como) => void como().then(resolver, rechazar)
      this.#porSalir.push({ entrega, terminar })
      this.#bombear()
    })
  }

  /** Manda lo que espera mientras haya permiso y quepa. */
  #bombear(): void {
    while (this.#permitidos > 0 && this.#salida?.cabe) {
      const siguiente = this.#porSalir.shift()
      if (siguiente === undefined) return
      const { mensaje, intento } = siguiente.entrega
      this.#permitidos--
      this.#bytes += mensaje.datos.length
      this.#entregados.set(idDe(mensaje), siguiente)
      this.#salida.enviar(tramaDe(mensaje, intento - 1))
    }
  }

  #permitir(cuantos: number): void {
    if (!this.#pedido.conPermisos) return
    this.#permitidos += cuantos
    this.#bombear()
    this.#unido?.avisar()
  }

  #rechazar(messageId: string): void {
    this.#saldar(messageId, (entrega) => entrega.rechazar(this.#pedido.retrasoMs, RECHAZADO))
  }

  /** Uno que ya se saldó, o que era de otro enchufe, no se salda otra vez. */
  #saldar(messageId: string, como: (entrega: EntregaRemota) => Promise<void>): void {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(messageId)) return void this.#enchufe?.close(CIERRE.error, 'Ese messageId no es base64.')
    const enMano = this.#entregados.get(messageId)
    if (enMano === undefined) return
    this.#entregados.delete(messageId)
    this.#bytes -= enMano.entrega.mensaje.datos.length
    enMano.terminar(() => como(enMano.entrega))
  }

  #devolverTodo(): void {
    for (const { entrega, terminar } of [...this.#entregados.values(), ...this.#porSalir]) terminar(async () => entrega.devolver())
    this.#entregados.clear()
    this.#porSalir.length = 0
    this.#bytes = 0
  }

  async #desuscribir(): Promise<void> {
    const { topico, suscripcion: nombre } = this
    await this.soltar()
    await this.#partes.broker.borrarSuscripcion({ topico, nombre }).catch(this.#partes.alFallar)
  }
}
