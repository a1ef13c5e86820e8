import type { Logger } from 'pino'
import type { Corriente } from './corriente.ts'
import type { LimitesDeFlujo } from './limites.ts'
import { type Marca, type Marcas, testigoDe } from './marca.ts'
import type { Rezagado } from './repaso.ts'
import { type Aviso, unaVez } from './trama.ts'

/** Lo que se envía, ya en bytes: el JSON suelto para un WebSocket, y como evento de SSE. */
export type Envio = Readonly<{ json: Buffer; sse: () => Buffer }>

/** Por donde salen las tramas de un receptor: un WebSocket o una respuesta SSE. */
export type Salida = Readonly<{
  enviar: (envio: Envio) => void
  /** Los bytes que esperan salir. */
  pendientes: () => number
  /** Se acabó, sin esperar a que salga lo pendiente. */
  cortar: () => void
  /** Se acabó, con aviso: quien escucha vuelve a conectarse más tarde. */
  despedir: () => void
}>

export type Contexto = Readonly<{ corrientes: readonly Corriente[]; bitacora: Logger; limites: LimitesDeFlujo }>

export type Pedido = Readonly<{
  claves: readonly string[]
  /** Sólo `data`, sin tramas de control: lo que entiende un cliente del tutorial. */
  comoTutorial: boolean
}>

/** `testigo` es desde dónde se sigue tras recibirlo. Se arma una vez para todos los que lo reciben igual. */
const envioDe = (texto: string, testigo: string): Envio => {
  const json = Buffer.from(texto)
  return { json, sse: unaVez(() => Buffer.concat([Buffer.from(`id: ${testigo}\ndata: `), json, FIN_DE_EVENTO])) }
}

const FIN_DE_EVENTO = Buffer.from('\n\n')

/** El envío de un aviso; `undefined` si su mensaje no se puede leer. */
export const armarEnvio = (aviso: Aviso, testigo: string): Envio | undefined => {
  const cuerpo = aviso.cuerpo()
  return cuerpo === undefined ? undefined : envioDe(`${cuerpo},"posicion":"${testigo}"}`, testigo)
}

const armarComoTutorial = (aviso: Aviso, testigo: string): Envio | undefined => {
  const texto = aviso.tutorial()
  return texto === undefined ? undefined : envioDe(texto, testigo)
}

/**
 * Quien recibe avisos. En cada tópico, o está al día y le llegan según se leen, o está atrasado y los busca él: primero en el registro y
 * luego en memoria, hasta alcanzar. Al pasar de un modo al otro no se salta ni se repite ninguno, porque siempre sabe hasta dónde llegó.
 */
export class Receptor {
  readonly pedido: Pedido
  readonly #claves: ReadonlySet<string>
  readonly #contexto: Contexto
  readonly #salida: Salida
  #cerrado = false
  /** Hasta dónde llegó en cada tópico en que está atrasado; `undefined` donde está al día. */
  #marcas: (Marca | undefined)[]
  #confirmadas = new Set<number>()
  #inicio = Promise.withResolvers<void>()
  #espacio: PromiseWithResolvers<void> | undefined
  #ultimo: Aviso | undefined
  /** Cambia cuando se empieza de nuevo: lo que se estaba buscando ya no sirve. */
  #vuelta = new AbortController()

  constructor(contexto: Contexto, pedido: Pedido, salida: Salida) {
    this.#contexto = contexto
    this.#salida = salida
    this.pedido = pedido
    this.#claves = new Set(pedido.claves)
    this.#marcas = contexto.corrientes.map(() => undefined)
  }

  /** Hasta dónde recibió. */
  get testigo(): string {
    return testigoDe(this.#marcas.map((marca, cual) => marca ?? this.#cabeza(cual)))
  }

  get alDia(): boolean {
    return this.#marcas.every((marca) => marca === undefined)
  }

  /** Empieza: desde ahora, o desde `marcas`, y entonces primero recibe lo que le faltaba. */
  abrir(marcas: Marcas | undefined): void {
    if (this.#cerrado) return
    if (marcas === undefined) {
      this.empezarDeNuevo()
      return
    }
    this.#marcas = [...marcas]
    for (const cual of marcas.keys()) this.#alcanzar(cual)
  }

  /** No se puede continuar lo anterior: dice que hay que leer el estado otra vez y sigue desde ahora. */
  empezarDeNuevo(): void {
    if (this.#cerrado) return
    this.#vuelta.abort()
    this.#vuelta = new AbortController()
    this.#marcas = this.#marcas.map(() => undefined)
    this.#confirmadas = new Set(this.#marcas.keys())
    this.#anunciar(false)
  }

  /** Un aviso recién leído, y el envío común de todos los que están al día. */
  ofrecer(cual: number, aviso: Aviso, { anterior, comun }: Readonly<{ anterior: Marca; comun: () => Envio | undefined }>): void {
    if (this.#ultimo === aviso || this.#marcas[cual] !== undefined) return
    this.#ultimo = aviso
    if (this.#lleno()) {
      this.#marcas[cual] = anterior
      this.#alcanzar(cual)
    } else this.#enviar(this.alDia && !this.pedido.comoTutorial ? comun() : this.#envioDe(aviso))
  }

  /** Se le pide que vuelva más tarde: ahora no hay de dónde leer. */
  despedir(): void {
    this.#salida.despedir()
  }

  /** Salió algo de lo pendiente. */
  drenado(): void {
    if (this.#salida.pendientes() > this.#contexto.limites.suave / 4) return
    this.#espacio?.resolve()
    this.#espacio = undefined
  }

  cerrar(): void {
    this.#cerrado = true
    this.#vuelta.abort()
    this.#espacio?.resolve()
    this.#inicio.resolve()
  }

  #cabeza(cual: number): Marca {
    return this.#corriente(cual).memoria.cabeza
  }

  #corriente(cual: number): Corriente {
    return this.#contexto.corrientes[cual] as Corriente
  }

  #lleno(): boolean {
    return this.#salida.pendientes() > this.#contexto.limites.suave
  }

  #envioDe(aviso: Aviso): Envio | undefined {
    return (this.pedido.comoTutorial ? armarComoTutorial : armarEnvio)(aviso, this.testigo)
  }

  #enviar(envio: Envio | undefined): void {
    if (envio === undefined || this.#cerrado) return
    this.#salida.enviar(envio)
    if (this.#salida.pendientes() > this.#contexto.limites.duro) this.#salida.cortar()
  }

  #anunciar(recuperado: boolean): void {
    const { testigo } = this
    const texto = JSON.stringify({ control: 'inicio', posicion: testigo, recuperado })
    if (!this.pedido.comoTutorial) this.#enviar(envioDe(texto, testigo))
    this.#inicio.resolve()
  }

  /** La posición en este tópico vale. Cuando valen todas se anuncia, antes que ningún aviso; dice si ya se anunció. */
  #confirmar(cual: number): boolean {
    const faltaba = !this.#confirmadas.has(cual)
    this.#confirmadas.add(cual)
    const todas = this.#confirmadas.size === this.#marcas.length
    if (todas && faltaba) this.#anunciar(true)
    return todas
  }

  #alcanzar(cual: number): void {
    const vuelta = this.#vuelta.signal
    this.#ponerAlDia(cual, vuelta).catch((error: unknown) => {
      this.#contexto.bitacora.error({ err: error }, 'un receptor no se pudo poner al día')
      this.#salida.cortar()
    })
  }

  async #ponerAlDia(cual: number, vuelta: AbortSignal): Promise<void> {
    const rezagado = this.#comoRezagado(cual)
    for (;;) {
      await this.#hayEspacio()
      const marca = this.#marcas[cual]
      if (vuelta.aborted || marca === undefined) return
      const enMemoria = this.#corriente(cual).memoria.cubre(marca)
      const motivo = enMemoria ? 'cubierto' : await this.#corriente(cual).repaso.unir(rezagado, vuelta)
      if (vuelta.aborted) return
      if (motivo === 'perdida') this.empezarDeNuevo()
      else if (!this.#confirmar(cual)) await this.#inicio.promise
      else if (enMemoria) this.#vaciarMemoria(cual, marca)
    }
  }

  #comoRezagado(cual: number): Rezagado {
    const marcas = this.#marcas
    const poner = (marca: Marca) => {
      marcas[cual] = marca
    }
    return {
      claves: this.pedido.claves,
      get marca() {
        return marcas[cual] ?? ''
      },
      set marca(marca) {
        poner(marca)
      },
      confirmar: () => this.#confirmar(cual),
      recibir: (aviso) => {
        this.#recibir(cual, aviso)
        return !this.#lleno()
      },
    }
  }

  async #hayEspacio(): Promise<void> {
    if (!this.#lleno()) return
    this.#espacio ??= Promise.withResolvers<void>()
    await this.#espacio.promise
  }

  #recibir(cual: number, aviso: Aviso): void {
    this.#marcas[cual] = aviso.posicion
    this.#enviar(this.#envioDe(aviso))
  }

  #vaciarMemoria(cual: number, marca: Marca): void {
    for (const aviso of this.#corriente(cual).memoria.desde(marca)) {
      if (!aviso.claves.some((clave) => this.#claves.has(clave))) continue
      if (this.#lleno()) return
      this.#recibir(cual, aviso)
    }
    this.#marcas[cual] = undefined
  }
}
