import type { Entorno } from '../../puertos.ts'
import type { Suscripcion } from '../puerto.ts'
import { type Enchufe, enchufar } from './enchufe.ts'
import type { Medidas } from './medidas.ts'
import { Reconexion } from './reconexion.ts'
import { direccionWs, type ServicioPulsar } from './servicio.ts'

type Opciones = Readonly<{
  servicio: ServicioPulsar
  entorno: Entorno
  medidas: Medidas
  suscripcion: Pick<Suscripcion, 'topico' | 'nombre' | 'tipo'>
  /** Corre antes de cada conexión: deja el tópico y la suscripción como deben estar. */
  preparar: () => Promise<void>
  alRecibir: (texto: string) => void
  /** Hay conexión nueva: Pulsar volverá a dar, en orden, todo lo que no se le acusó. */
  alConectar: () => void
  alCortarse: () => void
  alFallar: (error: unknown) => void
}>

/** Lo que el lado de Pulsar guarda para este consumidor aunque todavía no se lo pidan. */
const COLA_DE_PULSAR = '500'

/** La conexión de una suscripción con Pulsar, que se rehace cuando se corta. Sólo llega lo que se pide con `pedir`. */
export class Canal {
  readonly #opciones: Opciones
  readonly #reconexion: Reconexion
  #enchufe: Enchufe | undefined
  #abriendo: Promise<unknown> | undefined
  #querido = false
  #pedidos = 0

  constructor(opciones: Opciones) {
    this.#opciones = opciones
    this.#reconexion = new Reconexion(opciones.entorno, () => void this.#conectar())
  }

  /** Mensajes pedidos que todavía no llegaron. */
  get pedidos(): number {
    return this.#pedidos
  }

  get conectado(): boolean {
    return this.#enchufe !== undefined
  }

  /** Se conecta, y desde ahora se vuelve a conectar. Resuelve con el error del primer intento, si falló. */
  abrir(): Promise<unknown> {
    this.#querido = true
    return this.#conectar()
  }

  pedir(cuantos: number): void {
    this.#pedidos += cuantos
    this.#enchufe?.enviar(`{"type":"permit","permitMessages":${cuantos}}`)
  }

  /** Una sola vez por mensaje. Si no hay conexión no se guarda: Pulsar lo dará otra vez y se acusará entonces. */
  acusar(acuse: string): void {
    this.#enchufe?.enviar(`{"messageId":"${acuse}"}`)
  }

  /** Se despide: lo que no se acusó vuelve a la suscripción. */
  async cerrar(): Promise<void> {
    this.#querido = false
    const enchufe = this.#enchufe
    this.#enchufe = undefined
    await enchufe?.cerrar()
  }

  terminar(): Promise<void> {
    this.#reconexion.terminar()
    return this.cerrar()
  }

  #conectar(): Promise<unknown> {
    if (!this.#querido || this.#enchufe !== undefined) return Promise.resolve(undefined)
    this.#abriendo ??= this.#intentar()
      .then(() => undefined)
      .catch((error: unknown) => {
        this.#opciones.alFallar(error)
        this.#reconexion.otraVez()
        return error
      })
      .finally(() => {
        this.#abriendo = undefined
      })
    return this.#abriendo
  }

  async #intentar(): Promise<void> {
    const { servicio, entorno, suscripcion, preparar, alRecibir, alConectar } = this.#opciones
    const { topico, nombre, tipo } = suscripcion
    await preparar()
    const parametros = {
      subscriptionType: tipo,
      subscriptionInitialPosition: 'Earliest',
      receiverQueueSize: COLA_DE_PULSAR,
      pullMode: 'true',
    }
    const enchufe = await enchufar({
      servicio,
      entorno,
      url: direccionWs(servicio, 'consumer', [topico, nombre], parametros),
      alRecibir: (texto) => {
        if (this.#enchufe !== enchufe) return
        this.#pedidos--
        alRecibir(texto)
      },
      alCerrar: (motivo) => this.#alCerrarse(enchufe, motivo),
    })
    if (!this.#querido) {
      await enchufe.cerrar()
      return
    }
    this.#enchufe = enchufe
    this.#pedidos = 0
    this.#reconexion.bien()
    alConectar()
  }

  #alCerrarse(enchufe: Enchufe, motivo: string): void {
    if (this.#enchufe !== enchufe) return
    this.#enchufe = undefined
    const { medidas, suscripcion, alCortarse, alFallar } = this.#opciones
    medidas.reconectado('consumidor')
    alFallar(new Error(`Se cortó el consumidor de «${suscripcion.topico}» (${motivo}).`))
    alCortarse()
    this.#reconexion.otraVez()
  }
}
