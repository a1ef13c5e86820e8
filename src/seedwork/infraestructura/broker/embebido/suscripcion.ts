import type { Almacen, Tx } from '../../almacen/puerto.ts'
import { puntoDeCaida } from '../../almacen/punto_de_caida.ts'
import type { Cancelable, Entorno } from '../../puertos.ts'
import type { Atraso, Causa, MensajeRecibido, Suscripcion } from '../puerto.ts'
import { suscripcionOcupada } from '../suscripcion_ocupada.ts'
import type { Espera } from './colas_por_llave.ts'
import { Consumidores, type Suscrito } from './consumidores.ts'
import { EntregaEmbebida } from './entrega.ts'
import { abrirEstado, type EstadoGuardado, type Previos, Registro } from './registro.ts'
import type { ConsumidorRemoto, SuscripcionRemota } from './remoto.ts'
import type { Publicado } from './tablas.ts'
import { type Recibido, Ventana } from './ventana.ts'

/** De a cuántas posiciones se anota lo que pudo haberse entregado: una escritura por cada tantas entregas. */
const RESERVA = 1_000
/** Cada cuántos saldos se compactan los acuses en la marca de agua. */
const COMPACTAR_CADA = 512
/** Tercera caída con el mismo mensaje en curso: no se entrega una cuarta vez. */
const CAIDAS_MAXIMAS = 3
const MATO_AL_PROCESO: Causa = {
  codigo: 'mato_al_proceso',
  mensaje: `El proceso murió ${CAIDAS_MAXIMAS} veces con este mensaje en curso.`,
}
/** Cuánto espera lo que no se pudo leer o rechazar. */
const REINTENTO_MS = 1_000
/** Un rechazo guardado por un reloj que después saltó no retiene su llave más que esto. */
const RETRASO_MAXIMO_MS = 60_000

const NUNCA_ENTREGADO: Previos = { intentos: 0, caidas: 0, noAntes: 0 }
/** Estaba en lo posiblemente entregado cuando el proceso murió. La primera entrega no deja más rastro que ése. */
const SOSPECHOSO: Previos = { intentos: 1, caidas: 1, noAntes: 0 }

export type Contexto = Readonly<{
  almacen: Almacen
  entorno: Entorno
  recibir: (fila: Publicado) => Recibido
  /** La última posición que repartió la vida anterior del proceso: nada posterior pudo entregarse en ella. */
  ultimaAnterior: number
  /** Escribe en el tópico de apartados; es el `publicar` del broker. */
  publicarApartado: (tx: Tx, apartado: { mensaje: MensajeRecibido; suscripcion: string; causa: Causa; intentos: number }) => Promise<void>
  /** Recibe lo que no se pudo saldar y se volverá a intentar. */
  alFallar: (error: unknown) => void
}>

type DeSuscripcion = Pick<SuscripcionRemota, 'topico' | 'nombre' | 'tipo' | 'remota'>

/** Una suscripción durable y sus consumidores de este proceso. */
export class SuscripcionEmbebida {
  readonly topico: string
  readonly nombre: string
  readonly tipo: Suscripcion['tipo']
  readonly #contexto: Contexto
  readonly #remota: boolean
  readonly #registro: Registro
  readonly #ventana: Ventana
  readonly #consumidores: Consumidores<SuscripcionRemota>
  readonly #previos: Map<number, Previos>
  readonly #esperas = new Set<Cancelable>()
  /** Hasta dónde llegan los posibles entregados por un proceso que murió: van de uno en uno. */
  readonly #sospechosoHasta: number
  #corriendoSospechoso = false
  #abiertoHasta: number
  #abriendo = false
  #sinCompactar = 0
  #programado = false
  #cerrada = false

  private constructor(contexto: Contexto, { topico, nombre, tipo, remota = false }: DeSuscripcion, estado: EstadoGuardado) {
    this.#contexto = contexto
    this.#remota = remota
    this.topico = topico
    this.nombre = nombre
    this.tipo = tipo
    this.#consumidores = new Consumidores(tipo)
    this.#registro = new Registro(contexto, { topico, nombre })
    this.#ventana = new Ventana(contexto, { topico, nombre, tipo }, estado)
    this.#abiertoHasta = estado.abiertoHasta
    this.#sospechosoHasta = remota ? 0 : Math.min(estado.abiertoHasta, contexto.ultimaAnterior)
    this.#previos = estado.previos
  }

  /** La abre donde quedó, o la crea después de `hasta`. Lo que otro commit publique desde éste le llega por `entregar`. */
  static async abrir(tx: Tx, contexto: Contexto, suscripcion: DeSuscripcion, hasta: number): Promise<SuscripcionEmbebida> {
    return new SuscripcionEmbebida(contexto, suscripcion, await abrirEstado(tx, suscripcion, hasta))
  }

  unir(opciones: SuscripcionRemota): ConsumidorRemoto {
    if (this.tipo === 'Exclusive' && this.#consumidores.hay) throw suscripcionOcupada(this.topico, this.nombre)
    const suscrito = this.#consumidores.unir(opciones)
    this.#programar()
    return { cerrar: () => this.#consumidores.separar(suscrito), avisar: () => this.#programar() }
  }

  /** Lo que un commit acaba de publicar, en orden. */
  entregar(mensaje: Recibido, para: string | null): void {
    this.#ventana.agregar(mensaje, para)
    this.#programar()
  }

  /** El log puede tener algo que no llegó por `entregar`. */
  releer(): void {
    this.#ventana.releer()
    this.#programar()
  }

  /** Cuántos consumidores tiene y cuántos mensajes tienen entre todos. */
  get consumidores(): Readonly<{ cuantos: number; enVuelo: number }> {
    return { cuantos: this.#consumidores.cuantos, enVuelo: this.#consumidores.enVuelo }
  }

  /** Todo lo de esta posición o anterior está saldado. */
  get hasta(): number {
    return this.#ventana.hasta
  }

  atraso(): Atraso {
    const primera = this.#ventana.colas.primera()
    const edadMs = primera === undefined ? 0 : this.#contexto.entorno.reloj.monotono() - primera.llegada
    return { topico: this.topico, suscripcion: this.nombre, pendientes: this.#ventana.pendientes, edadMs }
  }

  /** Espera lo que está en vuelo y anota que no queda nada por sospechar, salvo lo que ya era sospechoso y no llegó a correr. */
  async cerrar(): Promise<void> {
    this.#registro.rendirse()
    await this.#consumidores.separarTodos()
    this.#cerrada = true
    this.#ventana.cerrar()
    for (const espera of this.#esperas) espera.cancelar()
    const abiertoHasta = this.#ventana.hasta < this.#sospechosoHasta ? this.#sospechosoHasta : 0
    await this.#registro.compactar(this.#ventana.hasta, { abiertoHasta })
  }

  #programar(): void {
    if (this.#programado || this.#cerrada || !this.#consumidores.hay) return
    this.#programado = true
    this.#contexto.entorno.planificador.enseguida(() => {
      this.#programado = false
      this.#repartir()
      void this.#leerMas()
    })
  }

  async #leerMas(): Promise<void> {
    try {
      await this.#ventana.leerMas()
      this.#repartir()
    } catch (error) {
      this.#contexto.alFallar(error)
      this.#esperar(REINTENTO_MS, () => {})
    }
  }

  #repartir(): void {
    for (;;) {
      const siguiente = this.#ventana.colas.primera()
      if (siguiente === undefined || this.#cerrada || this.#corriendoSospechoso) return
      if (this.#retenerComoAntes(siguiente)) continue
      const sospechoso = siguiente.posicion <= this.#sospechosoHasta
      if (sospechoso ? this.#consumidores.enVuelo > 0 : !this.#abierta(siguiente.posicion)) return
      const suscrito = this.#consumidores.libre()
      if (suscrito === undefined) return
      this.#ventana.colas.tomar()
      void this.#correr(siguiente, suscrito, sospechoso)
    }
  }

  /** Un rechazo de una vida anterior del proceso sigue reteniendo, una vez, lo que le falte. */
  #retenerComoAntes(espera: Espera<Recibido>): boolean {
    const previos = this.#previos.get(espera.posicion)
    if (previos === undefined || previos.noAntes === 0) return false
    const falta = Math.min(previos.noAntes - this.#contexto.entorno.reloj.ahora(), RETRASO_MAXIMO_MS)
    this.#previos.set(espera.posicion, { ...previos, noAntes: 0 })
    if (falta <= 0) return false
    this.#ventana.colas.tomar()
    this.#retener(espera, falta)
    return true
  }

  /** Si ya está anotado, de forma durable, que esta posición pudo entregarse. Pide la reserva siguiente antes de que haga falta. */
  #abierta(posicion: number): boolean {
    if (this.#remota) return true
    if (posicion > this.#abiertoHasta - RESERVA / 2 && !this.#abriendo) {
      this.#abriendo = true
      void this.#abrirHasta(posicion + RESERVA)
    }
    return posicion <= this.#abiertoHasta
  }

  async #abrirHasta(posicion: number): Promise<void> {
    try {
      await this.#registro.abrirHasta(posicion)
      this.#abiertoHasta = posicion
      this.#programar()
    } catch (error) {
      this.#contexto.alFallar(error)
      this.#esperar(REINTENTO_MS, () => {})
    } finally {
      this.#abriendo = false
    }
  }

  async #correr(espera: Espera<Recibido>, suscrito: Suscrito<SuscripcionRemota>, sospechoso: boolean): Promise<void> {
    this.#consumidores.ocupar(suscrito)
    this.#corriendoSospechoso = sospechoso
    try {
      await this.#manejar(espera, suscrito.opciones.manejar, sospechoso ? SOSPECHOSO : NUNCA_ENTREGADO)
    } catch (error) {
      // Ni saldado ni rechazado (no se pudo leer, o guardar el rechazo): vuelve más tarde.
      this.#contexto.alFallar(error)
      this.#retener(espera, REINTENTO_MS)
    }
    this.#consumidores.soltar(suscrito)
    if (sospechoso) this.#corriendoSospechoso = false
    this.#programar()
  }

  /** La primera entrega ya está anotada en la reserva; desde la segunda, cada una se anota antes de que corra el manejador. */
  async #manejar(espera: Espera<Recibido>, manejar: SuscripcionRemota['manejar'], sinHistoria: Previos): Promise<void> {
    const mensaje = await this.#ventana.contenidoDe(espera)
    // Quien está en otro proceso puede tener muchos sin saldar: en la ventana no ocupan el lugar de los que siguen.
    if (this.#remota) this.#ventana.colas.soltarContenido(espera)
    const previos = this.#previos.get(espera.posicion) ?? sinHistoria
    if (this.#remota) return this.#entrega(espera, mensaje, previos.intentos + 1).correr(manejar)
    if (previos.caidas >= CAIDAS_MAXIMAS) return this.#entrega(espera, mensaje, previos.intentos).apartar(MATO_AL_PROCESO)
    const actuales = { intentos: previos.intentos + 1, caidas: previos.caidas + 1, noAntes: 0 }
    if (previos !== NUNCA_ENTREGADO) await this.#registro.guardarIntento(espera.posicion, actuales)
    puntoDeCaida('broker.antes_de_manejar')
    await this.#entrega(espera, mensaje, actuales.intentos).correr(manejar)
    puntoDeCaida('broker.despues_de_manejar')
  }

  #entrega(espera: Espera<Recibido>, mensaje: Recibido, intentos: number): EntregaEmbebida {
    const { posicion } = espera
    return new EntregaEmbebida({
      mensaje,
      intento: intentos,
      enUnidad: (unidad) => this.#registro.conPaciencia(unidad),
      acusar: (tx) => this.#registro.acusar(tx, posicion),
      acusarAhora: (tx) => this.#registro.acusarAhora(tx, posicion),
      publicarApartado: (tx, causa) => this.#contexto.publicarApartado(tx, { mensaje, suscripcion: this.nombre, causa, intentos }),
      alSaldar: () => this.#saldar(espera),
      rechazar: async (retrasoMs) => {
        await this.#registro.guardarIntento(posicion, { intentos, caidas: 0, noAntes: this.#contexto.entorno.reloj.ahora() + retrasoMs })
        this.#previos.set(posicion, { intentos, caidas: 0, noAntes: 0 })
        this.#retener(espera, retrasoMs)
      },
      devolver: () => this.#ventana.colas.reponer(espera),
    })
  }

  #retener(espera: Espera<Recibido>, ms: number): void {
    this.#ventana.colas.retener(espera)
    this.#esperar(ms, () => this.#ventana.colas.devolver(espera))
  }

  #esperar(ms: number, despues: () => void): void {
    const cancelable = this.#contexto.entorno.planificador.tras(ms, () => {
      this.#esperas.delete(cancelable)
      despues()
      this.#programar()
    })
    this.#esperas.add(cancelable)
  }

  #saldar(espera: Espera<Recibido>): void {
    this.#previos.delete(espera.posicion)
    this.#ventana.saldar(espera)
    if (++this.#sinCompactar < COMPACTAR_CADA) return
    this.#sinCompactar = 0
    void this.#registro.compactar(this.#ventana.hasta)
  }
}
