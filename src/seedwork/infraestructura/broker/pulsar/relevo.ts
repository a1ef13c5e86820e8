import type { Almacen } from '../../almacen/puerto.ts'
import type { Entorno } from '../../puertos.ts'
import { Arriendo } from './arriendo.ts'
import { type Enchufe, enchufar } from './enchufe.ts'
import type { Medidas } from './medidas.ts'
import { numerar, type PorNumerar } from './por_numerar.ts'
import { Reconexion } from './reconexion.ts'
import { direccionWs, type ServicioPulsar } from './servicio.ts'
import type { FilaSalida } from './tablas.ts'
import * as tablas from './tablas_de_salida.ts'

/** Cuántos mensajes pueden estar enviados y sin confirmar. */
const VENTANA = 64
/** Cuántos esperan en memoria; los demás, en su tabla. */
const COLA_MAXIMA = 1_024
const PAGINA = 512
const TRAS_FALLAR_MS = 100

export type ContextoDeRelevo = Readonly<{
  almacen: Almacen
  entorno: Entorno
  servicio: ServicioPulsar
  dueno: string
  /** El tópico existe, con su esquema. */
  preparar: () => Promise<void>
  arriendoMs: number
  medidas: Medidas
  alFallar: (error: unknown) => void
}>

type Enviada = { readonly secuencia: number; readonly desde: number; confirmada: boolean }

/**
 * Lleva a Pulsar lo que sale por un tópico, en su orden y por un solo productor de vida larga. Sólo trabaja quien tiene el arriendo del
 * tópico. El número de cada fila, que en PostgreSQL le da él antes de enviarla, es el de su envío: tras un corte se reabre desde el último confirmado y se repite lo demás tal cual, y
 * Pulsar descarta lo que ya tenía. La fila se va cuando Pulsar confirma.
 */
export class RelevoDeTopico {
  readonly topico: string
  readonly #contexto: ContextoDeRelevo
  readonly #arriendo: Arriendo
  readonly #reconexion: Reconexion
  #enchufe: Enchufe | undefined
  #abriendo = false
  #cola: FilaSalida[] = []
  #enVuelo: Enviada[] = []
  /** El último que entró en la cola, y el último que Pulsar confirmó y el último que se quitó de la tabla. */
  #encolada = 0
  #confirmada = 0
  #quitada = 0
  #hayMas = true
  #leyendo = false
  #quitando: Promise<void> | undefined
  #terminado = false

  constructor(contexto: ContextoDeRelevo, topico: string) {
    this.#contexto = contexto
    this.topico = topico
    this.#reconexion = new Reconexion(contexto.entorno, () => void this.#abrir())
    this.#arriendo = new Arriendo({
      ...contexto,
      nombre: `relevo/${topico}`,
      ms: contexto.arriendoMs,
      alGanar: () => void this.#abrir(),
      alPerder: () => this.#soltarEnchufe(),
    })
  }

  get enVuelo(): number {
    return this.#enVuelo.length
  }

  /** Filas recién confirmadas: si son las que siguen, se envían sin releerlas. */
  entregar(filas: readonly (FilaSalida | PorNumerar)[]): void {
    for (const fila of filas) {
      const sigue = 'secuencia' in fila && fila.secuencia === this.#encolada + 1
      if (this.#enchufe !== undefined && sigue && this.#cola.length < COLA_MAXIMA) this.#encolar(fila)
      else this.#hayMas = true
    }
    this.#bombear()
  }

  /** Puede haber filas que no llegaron por `entregar`: las de otro proceso, o las de antes. */
  mirar(): void {
    this.#hayMas = true
    this.#bombear()
  }

  /** Espera a que se anote lo confirmado, y deja su lugar. Lo que no se confirmó queda escrito para quien siga. */
  async cerrar(): Promise<void> {
    this.#terminado = true
    this.#reconexion.terminar()
    await this.#enchufe?.cerrar()
    this.#enchufe = undefined
    await this.#quitando
    await this.#arriendo.soltar()
  }

  async #abrir(): Promise<void> {
    if (this.#abriendo || this.#enchufe !== undefined || this.#terminado || this.#arriendo.token === undefined) return
    this.#abriendo = true
    try {
      await this.#contexto.preparar()
      await this.#situar()
      this.#enchufe = await this.#enchufar()
      if (this.#terminado) return this.#soltarEnchufe()
      this.#reconexion.bien()
      this.#bombear()
    } catch (error) {
      // 409: la sesión de quien estaba antes sigue abierta; Pulsar no deja entrar a dos.
      this.#contexto.alFallar(error)
      this.#reconexion.otraVez()
    } finally {
      this.#abriendo = false
    }
  }

  /** Desde dónde se sigue: la primera fila que nadie vio confirmada. */
  async #situar(): Promise<void> {
    await this.#quitando
    const [primera] = await this.#contexto.almacen.lector.todas(tablas.leerSalida, { topico: this.topico, desde: 1, maximo: 1 })
    const antes = primera === undefined ? await this.#ultima() : primera.secuencia - 1
    // Nunca hacia atrás: lo que se vio confirmado y sigue en la tabla sólo falta quitarlo.
    this.#confirmada = Math.max(this.#confirmada, antes)
    this.#quitada = primera === undefined ? this.#confirmada : antes
    this.#encolada = this.#confirmada
    this.#hayMas = true
    this.#quitar()
  }

  async #ultima(): Promise<number> {
    const filas = await this.#contexto.almacen.lector.todas(tablas.mirarSalidas, {})
    const suya = filas.find(({ topico }) => topico === this.topico)
    return suya === undefined ? 0 : (suya.primera ?? suya.ultima + 1) - 1
  }

  #enchufar(): Promise<Enchufe> {
    const { almacen, servicio, entorno } = this.#contexto
    // La época en el nombre: la cuenta de Pulsar y la de esta base empiezan juntas, aunque la base se restaure o se rehaga.
    const producerName = `relevo-${almacen.epoca}-${this.topico}`
    const parametros = { producerName, initialSequenceId: String(this.#confirmada), maxPendingMessages: String(VENTANA * 2) }
    return enchufar({
      servicio,
      entorno,
      url: direccionWs(servicio, 'producer', [this.topico], parametros),
      alRecibir: (texto) => this.#recibir(texto),
      alCerrar: (motivo) => this.#alCortarse(motivo),
    })
  }

  #bombear(): void {
    if (this.#enchufe === undefined || this.#terminado) return
    while (this.#enVuelo.length < VENTANA) {
      const fila = this.#cola.shift()
      if (fila === undefined) break
      this.#enVuelo.push({ secuencia: fila.secuencia, desde: this.#contexto.entorno.reloj.monotono(), confirmada: false })
      this.#enchufe.enviar(tramaDe(fila))
    }
    if (this.#hayMas && !this.#leyendo && this.#cola.length < PAGINA) void this.#leerMas()
  }

  async #leerMas(): Promise<void> {
    this.#leyendo = true
    const enchufe = this.#enchufe
    try {
      this.#hayMas = false
      const filas = await this.#siguientes()
      if (enchufe !== this.#enchufe) this.#hayMas = true
      else if (this.#encolarTodas(filas)) this.#hayMas ||= filas.length >= PAGINA
      else enchufe?.cortar()
    } catch (error) {
      this.#contexto.alFallar(error)
      this.#hayMas = true
      await this.#respiro()
    } finally {
      this.#leyendo = false
    }
    this.#bombear()
  }

  /** `false` si falta una: la confirmó y la quitó otro. Se vuelve a empezar desde la que haya. */
  #encolarTodas(filas: readonly FilaSalida[]): boolean {
    for (const fila of filas) {
      if (fila.secuencia !== this.#encolada + 1) return false
      this.#encolar(fila)
    }
    return true
  }

  /** Primero las que ya tienen número; si no llenan la página, las que esperan uno. */
  async #siguientes(): Promise<readonly FilaSalida[]> {
    const { almacen } = this.#contexto
    const { topico } = this
    const filas = await almacen.lector.todas(tablas.leerSalida, { topico, desde: this.#encolada + 1, maximo: PAGINA })
    const token = this.#arriendo.token
    if (almacen.unaTrasOtra || filas.length === PAGINA || token === undefined) return filas
    return [...filas, ...(await numerar(almacen, { topico, arriendo: this.#arriendo.nombre, token, maximo: PAGINA }))]
  }

  #encolar(fila: FilaSalida): void {
    this.#cola.push(fila)
    this.#encolada = fila.secuencia
  }

  /**
   * Los acuses llegan en el orden de los envíos; en un tópico con particiones, en el de cada una, y sólo cuenta lo confirmado desde el
   * primero sin huecos. Uno de lo que no se envió, o un rechazo, deja la sesión en duda: se reabre.
   */
  #recibir(texto: string): void {
    const { result, context, errorMsg } = JSON.parse(texto) as { result: string; context?: string; errorMsg?: string }
    const enviada = this.#enVuelo.find(({ secuencia }) => context === String(secuencia))
    if (result !== 'ok' || enviada === undefined) {
      this.#contexto.alFallar(
        new Error(`Pulsar no aceptó un mensaje de «${this.topico}» (${result} ${errorMsg ?? ''}); se repite desde ahí.`),
      )
      this.#enchufe?.cortar()
      return
    }
    enviada.confirmada = true
    while (this.#enVuelo[0]?.confirmada) this.#confirmada = this.#enVuelo.shift()?.secuencia ?? this.#confirmada
    this.#contexto.medidas.enviado((this.#contexto.entorno.reloj.monotono() - enviada.desde) / 1_000)
    this.#bombear()
    this.#quitar()
  }

  #quitar(): void {
    this.#quitando ??= this.#quitarConfirmadas()
  }

  /** De a muchas: las que se confirmen mientras una tanda se quita van en la siguiente. */
  async #quitarConfirmadas(): Promise<void> {
    await new Promise<void>((resolver) => this.#contexto.entorno.planificador.enseguida(resolver))
    /** De una tanda que falló no se sabe si se quitó: que al repetirla no haya nada que quitar no dice que el lugar sea de otro. */
    let dudosa = false
    while (this.#quitada < this.#confirmada) {
      const hasta = this.#confirmada
      const token = this.#arriendo.token
      if (token === undefined) break
      const parametros = { topico: this.topico, hasta, arriendo: this.#arriendo.nombre, token }
      try {
        const cuantas = await this.#contexto.almacen.ejecutar((tx) => tx.ejecutar(tablas.quitarConfirmadas, parametros), 'consumidor')
        if (cuantas === 0 && !dudosa) this.#arriendo.perdido()
        this.#quitada = hasta
        dudosa = false
      } catch (error) {
        dudosa = true
        this.#contexto.alFallar(error)
        if (this.#terminado) break
        // Puede que no llegue otro acuse que lo vuelva a intentar.
        await this.#respiro()
      }
    }
    this.#quitando = undefined
  }

  /** Sin prisa: un almacén que no está contesta que no al instante. */
  #respiro(): Promise<void> {
    return new Promise((resolver) => void this.#contexto.entorno.planificador.tras(TRAS_FALLAR_MS, resolver))
  }

  #alCortarse(motivo: string): void {
    this.#enchufe = undefined
    this.#cola = []
    this.#enVuelo = []
    if (this.#terminado || this.#arriendo.token === undefined) return
    this.#contexto.medidas.reconectado('productor')
    this.#contexto.alFallar(new Error(`Se cortó el productor de «${this.topico}» (${motivo}).`))
    this.#reconexion.otraVez()
  }

  #soltarEnchufe(): void {
    this.#enchufe?.cortar()
  }
}

/** Las propiedades ya están escritas en JSON: no se leen para volver a escribirlas. */
const tramaDe = ({ datos, propiedades, llave, secuencia }: FilaSalida): string => {
  const payload = Buffer.from(datos.buffer, datos.byteOffset, datos.byteLength).toString('base64')
  const key = llave === null ? '' : `"key":${JSON.stringify(llave)},`
  return `{"payload":"${payload}","properties":${propiedades},${key}"context":"${secuencia}"}`
}
