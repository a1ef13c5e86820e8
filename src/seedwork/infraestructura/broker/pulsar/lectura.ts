import { ErrorDominio } from '../../../dominio/errores.ts'
import type { Entorno } from '../../puertos.ts'
import { esPasajero } from '../paciencia.ts'
import type { Lectura, MensajeRecibido } from '../puerto.ts'
import type { Administracion, EstadoInterno } from './admin.ts'
import { type Enchufe, enchufar } from './enchufe.ts'
import type { Medidas } from './medidas.ts'
import { escribirId, type IdPulsar, leerPosicion } from './posicion.ts'
import { deTrama, type Recibido } from './recibido.ts'
import { Reconexion } from './reconexion.ts'
import { direccionWs, type ServicioPulsar } from './servicio.ts'

/** Cuántos manda Pulsar por adelantado. */
const ADELANTADOS = '100'
/** Cada cuánto un lector al que no le llega nada comprueba que no es porque se borró lo que seguía. */
const ENTRE_VISTAZOS_MS = 1_000
const VISTAZOS_EN_CALMA_MS = 30_000

export type ContextoDeLectura = Readonly<{
  servicio: ServicioPulsar
  admin: Administracion
  entorno: Entorno
  medidas: Medidas
  epoca: () => string
  /** Pulsar y el tópico están listos. */
  preparar: (topico: string) => Promise<void>
  alFallar: (error: unknown) => void
}>

/**
 * Lee el tópico en orden, y si la conexión se corta sigue donde iba. Pulsar borra por tramos (ledgers) y un lector rezagado los salta
 * sin decirlo: aquí se comprueba en cada cambio de tramo y cuando no llega nada, y se lanza `posicion_perdida`.
 */
export async function* leerTopico(contexto: ContextoDeLectura, { topico, desde, senal }: Lectura): AsyncIterable<MensajeRecibido> {
  if (senal.aborted) return
  const lector = new Lector(contexto, topico)
  const alAbortar = (): void => lector.terminar()
  senal.addEventListener('abort', alAbortar)
  try {
    await lector.empezar(desde)
    for (;;) {
      const recibido = await lector.siguiente()
      if (recibido === undefined || senal.aborted) return
      const { clave: _1, acuse: _2, ...mensaje } = recibido
      yield mensaje
    }
  } finally {
    senal.removeEventListener('abort', alAbortar)
    lector.terminar()
  }
}

class Lector {
  readonly #contexto: ContextoDeLectura
  readonly #topico: string
  readonly #reconexion: Reconexion
  readonly #llegados: Recibido[] = []
  #enchufe: Enchufe | undefined
  #despertar = (): void => {}
  #fallo: unknown
  #terminado = false
  /** Desde dónde se pide al (re)conectar, y lo que se salta por ser de antes del instante pedido. */
  #desde = 'earliest'
  #noAntes = 0
  #ultimo: IdPulsar | undefined
  /** Se sabe que lo último leído era, al mirarlo, lo último del tópico. */
  #alDia = false
  #callado = ENTRE_VISTAZOS_MS

  constructor(contexto: ContextoDeLectura, topico: string) {
    this.#contexto = contexto
    this.#topico = topico
    this.#reconexion = new Reconexion(contexto.entorno, () => void this.#conectar())
  }

  async empezar(desde: Lectura['desde']): Promise<void> {
    await this.#hastaQuePueda(() => this.#contexto.preparar(this.#topico))
    if (this.#terminado) return
    if (desde === 'ultimo') this.#desde = 'latest'
    else if (desde !== 'primero' && 'instante' in desde) this.#noAntes = desde.instante
    else if (desde !== 'primero') await this.#hastaQuePueda(() => this.#tras(desde.posicion))
    await this.#conectar()
  }

  /** El que sigue; `undefined` si se terminó. */
  async siguiente(): Promise<Recibido | undefined> {
    for (;;) {
      if (this.#terminado) return undefined
      if (this.#fallo !== undefined) throw this.#fallo
      const recibido = this.#llegados.shift()
      if (recibido === undefined) {
        await this.#esperar()
        continue
      }
      await this.#exigirContinuo(recibido)
      if (recibido.acuse !== undefined) this.#enchufe?.enviar(`{"messageId":"${recibido.acuse}"}`)
      if (recibido.instante >= this.#noAntes) return recibido
    }
  }

  terminar(): void {
    this.#terminado = true
    this.#reconexion.terminar()
    this.#enchufe?.cortar()
    this.#despertar()
  }

  async #tras(posicion: string): Promise<void> {
    const { admin, epoca } = this.#contexto
    const id = leerPosicion(epoca(), posicion)
    if (id === undefined || !seConserva(await admin.estadoInterno(this.#topico), id)) throw posicionPerdida(posicion)
    this.#ultimo = id
    this.#desde = escribirId(id)
  }

  async #conectar(): Promise<void> {
    if (this.#terminado || this.#enchufe !== undefined) return
    const { servicio, entorno, alFallar } = this.#contexto
    try {
      const enchufe = await enchufar({
        servicio,
        entorno,
        url: direccionWs(servicio, 'reader', [this.#topico], { messageId: this.#desde, receiverQueueSize: ADELANTADOS }),
        alRecibir: (texto) => this.#recibir(texto),
        alCerrar: (motivo) => this.#alCortarse(motivo),
      })
      this.#enchufe = enchufe
      this.#reconexion.bien()
      if (this.#terminado) enchufe.cortar()
    } catch (error) {
      if (!esPasajero(error)) {
        this.#fallar(error)
        return
      }
      alFallar(error)
      this.#reconexion.otraVez()
    }
  }

  #recibir(texto: string): void {
    const recibido = deTrama(this.#contexto.epoca(), this.#topico, texto)
    if (recibido.acuse !== undefined) this.#desde = recibido.acuse
    this.#llegados.push(recibido)
    this.#despertar()
  }

  #alCortarse(motivo: string): void {
    this.#enchufe = undefined
    if (this.#terminado) return
    if (motivo.includes('posicion_perdida')) {
      this.#fallar(posicionPerdida(this.#posicion()))
      return
    }
    this.#contexto.medidas.reconectado('lector')
    this.#contexto.alFallar(new Error(`Se cortó el lector de «${this.#topico}» (${motivo}).`))
    this.#reconexion.otraVez()
  }

  #fallar(error: unknown): void {
    this.#fallo = error
    this.#despertar()
  }

  /** Espera lo siguiente; si tarda, mira si lo que seguía se borró. */
  async #esperar(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<'llegó' | 'tarda'>()
    this.#despertar = () => resolve('llegó')
    const plazo = this.#contexto.entorno.planificador.tras(this.#callado, () => resolve('tarda'))
    const que = await promise
    plazo.cancelar()
    if (que === 'llegó') {
      this.#callado = ENTRE_VISTAZOS_MS
      return
    }
    this.#callado = Math.min(VISTAZOS_EN_CALMA_MS, this.#callado * 2)
    if (this.#ultimo === undefined || this.#ultimo.particion >= 0) return
    const estado = await this.#mirar()
    if (estado === undefined || this.#llegados.length > 0) return
    if (!this.#alDia && !seConserva(estado, this.#ultimo)) throw posicionPerdida(this.#posicion())
    this.#alDia = estado.lastConfirmedEntry === `${this.#ultimo.ledger}:${this.#ultimo.entrada}`
  }

  /** Dentro de un tramo no se borra nada. Al pasar a otro, el anterior tiene que seguir ahí y haberse leído hasta su fin. */
  async #exigirContinuo({ posicion }: Recibido): Promise<void> {
    const id = leerPosicion(this.#contexto.epoca(), posicion)
    const [anterior, estabaAlDia] = [this.#ultimo, this.#alDia]
    this.#ultimo = id
    this.#alDia = false
    if (anterior === undefined || id === undefined || anterior.ledger === id.ledger || id.particion >= 0 || estabaAlDia) return
    const estado = await this.#mirar()
    const tramo = estado?.ledgers.find(({ ledgerId }) => ledgerId === anterior.ledger)
    if (estado !== undefined && tramo?.entries !== anterior.entrada + 1) throw posicionPerdida(this.#posicion(anterior))
  }

  async #mirar(): Promise<EstadoInterno | undefined> {
    return this.#contexto.admin.estadoInterno(this.#topico).catch((error: unknown) => {
      this.#contexto.alFallar(error)
      return undefined
    })
  }

  #posicion(id = this.#ultimo): string {
    return id === undefined ? '' : `${this.#contexto.epoca()}.${id.ledger}.${id.entrada}`
  }

  /** Repite lo que falla porque Pulsar no está, hasta que esté o se termine. */
  async #hastaQuePueda(accion: () => Promise<void>): Promise<void> {
    const { entorno, alFallar } = this.#contexto
    while (!this.#terminado) {
      try {
        return await accion()
      } catch (error) {
        if (!esPasajero(error)) throw error
        alFallar(error)
        await new Promise<void>((resolver) => {
          this.#despertar = resolver
          entorno.planificador.tras(ENTRE_VISTAZOS_MS, resolver)
        })
      }
    }
  }
}

/** Si no se sabe de nada posterior a esa posición que se haya borrado, y esa posición existió. */
export const seConserva = (
  { ledgers, lastConfirmedEntry }: EstadoInterno,
  { ledger, entrada }: Readonly<{ ledger: number; entrada: number }>,
): boolean => {
  const [ultimoLedger = -1, ultimaEntrada = -1] = lastConfirmedEntry.split(':').map(Number)
  if (ledger > ultimoLedger || (ledger === ultimoLedger && entrada > ultimaEntrada)) return false
  return ledgers.some(({ ledgerId }) => ledgerId === ledger) || (ledger === ultimoLedger && entrada === ultimaEntrada)
}

export const posicionPerdida = (posicion: string): ErrorDominio =>
  new ErrorDominio({
    codigo: 'posicion_perdida',
    clase: 'conflicto',
    texto: {
      es: `La posición «${posicion}» ya no se conserva o es de otra historia de los datos: hay que empezar de nuevo.`,
      en: `Position "${posicion}" is no longer kept or belongs to another history of the data: start over.`,
    },
  })
