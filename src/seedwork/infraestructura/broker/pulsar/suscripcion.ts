import type { Tx } from '../../almacen/puerto.ts'
import { puntoDeCaida } from '../../almacen/punto_de_caida.ts'
import type { Cancelable } from '../../puertos.ts'
import { Consumidores, type Suscrito } from '../embebido/consumidores.ts'
import { EntregaEmbebida } from '../embebido/entrega.ts'
import type { Atraso, Consumidor, Suscripcion } from '../puerto.ts'
import { suscripcionOcupada } from '../suscripcion_ocupada.ts'
import { Canal } from './canal.ts'
import type { ContextoDeSuscripcion } from './contexto_de_suscripcion.ts'
import { deTrama, type Recibido, sinLoPropio } from './recibido.ts'
import { CAIDAS_MAXIMAS, MATO_AL_PROCESO, NUNCA_ENTREGADO, RegistroPulsar, SOSPECHOSO } from './registro.ts'
import { type Abierto, Ventana } from './ventana.ts'

/** Cuánto espera lo que no se pudo rechazar. */
const REINTENTO_MS = 1_000
/** Un rechazo guardado por un reloj que después saltó no retiene su llave más que esto. */
const RETRASO_MAXIMO_MS = 60_000

/** Una suscripción de Pulsar y sus consumidores de este proceso, que comparten una conexión. */
export class SuscripcionPulsar {
  readonly topico: string
  readonly nombre: string
  readonly tipo: Suscripcion['tipo']
  readonly #contexto: ContextoDeSuscripcion
  readonly #registro: RegistroPulsar
  readonly #canal: Canal
  readonly #ventana: Ventana
  readonly #consumidores: Consumidores
  readonly #esperas = new Map<Abierto, Cancelable>()
  #llegados: string[] = []
  #abriendo: Promise<void> = Promise.resolve()
  #corriendoSospechoso = false
  #pendientes = 0
  #cambios = 0
  #programado = false
  #cerrada = false

  constructor(contexto: ContextoDeSuscripcion, opciones: Suscripcion) {
    const { topico, nombre, tipo } = opciones
    this.#contexto = contexto
    this.topico = topico
    this.nombre = nombre
    this.tipo = tipo
    this.#consumidores = new Consumidores(tipo)
    this.#registro = new RegistroPulsar(contexto, { topico, nombre })
    this.#canal = new Canal({
      ...contexto,
      suscripcion: opciones,
      preparar: () => contexto.preparar(opciones),
      alRecibir: (texto) => this.#recibir(texto),
      alConectar: () => this.#programar(),
      alCortarse: () => this.#alCortarse(),
    })
    this.#ventana = new Ventana({ ...contexto, registro: this.#registro, acusar: (acuse) => this.#canal.acusar(acuse) }, tipo)
    this.#registro.olvidar()
  }

  unir(opciones: Suscripcion): Consumidor {
    if (this.tipo === 'Exclusive' && this.#consumidores.hay) throw suscripcionOcupada(this.topico, this.nombre)
    const suscrito = this.#consumidores.unir(opciones)
    void this.#canal.abrir()
    this.#programar()
    return { cerrar: () => this.#separar(suscrito) }
  }

  /** Une al único consumidor que puede haber, aquí o en otro proceso. Lanza `suscripcion_ocupada` si Pulsar dice que ya hay uno. */
  async unirSola(opciones: Suscripcion): Promise<Consumidor> {
    const consumidor = this.unir(opciones)
    const fallo = await this.#canal.abrir()
    if (!(fallo instanceof Error && 'estado' in fallo && fallo.estado === 409)) return consumidor
    await consumidor.cerrar()
    throw suscripcionOcupada(this.topico, this.nombre)
  }

  /** Lo que un operador devolvió a esta suscripción, en orden. */
  devolver(devueltos: readonly Recibido[]): void {
    this.#cambiar(devueltos.length)
    this.#encolarLote(() => [...devueltos])
  }

  /** Crece con todo lo que aquí cambia lo que falta por saldar. */
  get cambios(): number {
    return this.#cambios
  }

  /** Cuántos mensajes de su tópico se publicaron aquí: faltan por saldar. */
  publicados(cuantos: number): void {
    this.#cambiar(cuantos)
  }

  /** Lo que falta, según Pulsar. */
  contados(pendientes: number): void {
    this.#pendientes = pendientes
  }

  atraso(): Atraso {
    const primera = this.#ventana.colas.primera()
    const edadMs = primera === undefined ? 0 : this.#contexto.entorno.reloj.monotono() - primera.llegada
    return { topico: this.topico, suscripcion: this.nombre, pendientes: Math.max(this.#pendientes, this.#ventana.abiertos), edadMs }
  }

  /** Espera lo que está en vuelo y devuelve lo demás a Pulsar. */
  async cerrar(): Promise<void> {
    this.#registro.rendirse()
    await this.#consumidores.separarTodos()
    this.#cerrada = true
    for (const espera of this.#esperas.values()) espera.cancelar()
    await this.#canal.terminar()
    await this.#abriendo
    await this.#registro.terminar()
  }

  #cambiar(cuantos: number): void {
    this.#cambios++
    this.#pendientes = Math.max(0, this.#pendientes + cuantos)
  }

  async #separar(suscrito: Suscrito): Promise<void> {
    await this.#consumidores.separar(suscrito)
    if (this.#consumidores.hay) return this.#programar()
    await this.#canal.cerrar()
    if (!this.#consumidores.hay) this.#olvidar()
  }

  #recibir(texto: string): void {
    this.#llegados.push(texto)
    if (this.#llegados.length > 1) return
    // Todo lo que llega en la misma vuelta se anota junto: una escritura por tanda y no por mensaje.
    this.#encolarLote(() => this.#llegados.splice(0).map((trama) => deTrama(this.#contexto.epoca(), this.topico, trama)))
  }

  /** Un lote tras otro: si se cruzaran, los mensajes de una llave cambiarían de orden. */
  #encolarLote(lote: () => Recibido[]): void {
    this.#abriendo = this.#abriendo
      .then(() => new Promise<void>((resolver) => this.#contexto.entorno.planificador.enseguida(resolver)))
      .then(() => this.#abrirLote(lote()))
      .catch((error: unknown) => {
        // Lo que no se pudo anotar no se entrega: Pulsar lo dará otra vez en la conexión siguiente.
        this.#contexto.alFallar(error)
        if (!this.#cerrada) void this.#rehacer()
      })
  }

  async #abrirLote(llegados: readonly Recibido[]): Promise<void> {
    if (llegados.length === 0) return
    this.#contexto.medidas.reentregado(await this.#ventana.abrir(llegados))
    this.#programar()
  }

  async #rehacer(): Promise<void> {
    await this.#canal.cerrar()
    this.#olvidar()
    if (this.#consumidores.hay && !this.#cerrada) await this.#canal.abrir()
  }

  #alCortarse(): void {
    this.#contexto.medidas.reentregado(this.#ventana.abiertos)
    this.#olvidar()
  }

  #olvidar(): void {
    this.#llegados.length = 0
    for (const [abierto, espera] of this.#esperas) {
      if (abierto.recibido.devuelto !== undefined) continue
      espera.cancelar()
      this.#esperas.delete(abierto)
    }
    this.#ventana.olvidar()
  }

  #programar(): void {
    if (this.#programado || this.#cerrada || !this.#consumidores.hay) return
    this.#programado = true
    this.#contexto.entorno.planificador.enseguida(() => {
      this.#programado = false
      this.#repartir()
      this.#pedirMas()
    })
  }

  #pedirMas(): void {
    const cuantos = this.#ventana.lugar - this.#canal.pedidos
    if (this.#canal.conectado && !this.#cerrada && this.#consumidores.hay && cuantos >= 50) this.#canal.pedir(cuantos)
  }

  #repartir(): void {
    for (;;) {
      const siguiente = this.#ventana.colas.primera()
      const abierto = siguiente && this.#ventana.de(siguiente)
      if (abierto === undefined || this.#cerrada || this.#corriendoSospechoso) return
      if (this.#retenerComoAntes(abierto)) continue
      if (abierto.sospechoso && this.#consumidores.enVuelo > 0) return
      const suscrito = this.#consumidores.libre()
      if (suscrito === undefined) return
      this.#ventana.colas.tomar()
      void this.#correr(abierto, suscrito)
    }
  }

  /** Un rechazo anterior, guardado en la base, sigue reteniendo lo que le falte. */
  #retenerComoAntes(abierto: Abierto): boolean {
    const { previos } = abierto
    if (previos === undefined || previos.noAntes === 0) return false
    const falta = Math.min(previos.noAntes - this.#contexto.entorno.reloj.ahora(), RETRASO_MAXIMO_MS)
    abierto.previos = { ...previos, noAntes: 0 }
    if (falta <= 0) return false
    this.#ventana.colas.tomar()
    this.#retener(abierto, falta)
    return true
  }

  async #correr(abierto: Abierto, suscrito: Suscrito): Promise<void> {
    this.#consumidores.ocupar(suscrito)
    this.#corriendoSospechoso = abierto.sospechoso
    abierto.estado = 'corre'
    try {
      await this.#manejar(abierto, suscrito.opciones.manejar)
    } catch (error) {
      this.#contexto.alFallar(error)
      this.#retener(abierto, REINTENTO_MS)
    }
    this.#consumidores.soltar(suscrito)
    if (abierto.sospechoso) this.#corriendoSospechoso = false
    this.#programar()
  }

  /** La primera entrega ya está anotada en el tramo; desde la segunda, cada una se anota antes de que corra el manejador. */
  async #manejar(abierto: Abierto, manejar: Suscripcion['manejar']): Promise<void> {
    const previos = abierto.previos ?? (abierto.sospechoso ? SOSPECHOSO : NUNCA_ENTREGADO)
    if (previos.caidas >= CAIDAS_MAXIMAS) return this.#entrega(abierto, previos.intentos).apartar(MATO_AL_PROCESO)
    const actuales = { intentos: previos.intentos + 1, caidas: previos.caidas + 1, noAntes: 0 }
    if (previos !== NUNCA_ENTREGADO) {
      abierto.previos = actuales
      await this.#registro.guardarIntento(abierto.recibido.clave, actuales)
    }
    puntoDeCaida('broker.antes_de_manejar')
    await this.#entrega(abierto, actuales.intentos).correr(manejar)
    puntoDeCaida('broker.despues_de_manejar')
  }

  #entrega(abierto: Abierto, intentos: number): EntregaEmbebida {
    const { recibido } = abierto
    const acusar = (tx: Tx) => this.#registro.acusar(tx, recibido, abierto.previos !== undefined)
    return new EntregaEmbebida({
      mensaje: sinLoPropio(recibido),
      intento: intentos,
      enUnidad: (unidad) => this.#registro.conPaciencia(unidad).then(() => {}),
      acusar,
      acusarAhora: acusar,
      publicarApartado: (tx, causa) =>
        this.#contexto.publicarApartado(tx, { mensaje: recibido, suscripcion: this.nombre, causa, intentos }),
      alSaldar: () => this.#saldar(abierto),
      rechazar: async (retrasoMs) => {
        const previos = { intentos, caidas: 0, noAntes: this.#contexto.entorno.reloj.ahora() + retrasoMs }
        await this.#registro.guardarIntento(recibido.clave, previos)
        abierto.previos = { ...previos, noAntes: 0 }
        this.#retener(abierto, retrasoMs)
      },
    })
  }

  /** Espera con su llave. Si mientras corría la conexión cambió y Pulsar no lo ha vuelto a dar, puede ser ya de otro: se suelta. */
  #retener(abierto: Abierto, ms: number): void {
    if (this.#esAjeno(abierto)) {
      this.#ventana.colas.saldar(abierto.espera)
      this.#ventana.quitar(abierto)
      return
    }
    abierto.estado = 'retenido'
    this.#ventana.colas.retener(abierto.espera)
    const espera = this.#contexto.entorno.planificador.tras(ms, () => {
      this.#esperas.delete(abierto)
      abierto.estado = 'espera'
      this.#ventana.colas.devolver(abierto.espera)
      this.#programar()
    })
    this.#esperas.set(abierto, espera)
  }

  #esAjeno({ sesion, recibido }: Abierto): boolean {
    return recibido.devuelto === undefined && sesion !== this.#ventana.sesion
  }

  /** El acuse es durable aquí; ahora se le dice a Pulsar. Si no le llega, lo dará otra vez y se sabrá que ya está. */
  #saldar(abierto: Abierto): void {
    const { recibido, espera } = abierto
    if (recibido.acuse !== undefined) this.#canal.acusar(recibido.acuse)
    this.#cambiar(-1)
    this.#registro.saldado(recibido.clave)
    this.#ventana.colas.saldar(espera)
    this.#ventana.quitar(abierto)
  }
}
