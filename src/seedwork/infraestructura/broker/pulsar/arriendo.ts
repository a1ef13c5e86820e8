import type { Almacen, Tx } from '../../almacen/puerto.ts'
import type { Cancelable, Entorno } from '../../puertos.ts'
import * as tablas from './tablas_de_salida.ts'

type Opciones = Readonly<{
  almacen: Almacen
  entorno: Pick<Entorno, 'reloj' | 'planificador'>
  nombre: string
  /** Esta vida de este proceso. */
  dueno: string
  /** Cuánto tiene que estar callado el dueño para que otro tome su lugar. */
  ms: number
  alGanar: () => void
  alPerder: () => void
  alFallar: (error: unknown) => void
}>

/**
 * El derecho a hacer lo que sólo uno puede hacer, escrito en la base. Nadie mira la hora: el dueño cambia su latido, y quien quiere el
 * lugar lo toma si con su propio reloj monótono lo vio quieto `ms`. Al cambiar de dueño el token crece: lo que el anterior intente
 * escribir después, si estaba dormido, lleva el viejo y no toca nada.
 */
export class Arriendo {
  readonly #opciones: Opciones
  #token: number | undefined
  #visto: Readonly<{ token: number; latido: number; desde: number }> | undefined
  #siguiente: Cancelable | undefined
  #mirando: Promise<void> = Promise.resolve()
  #terminado = false

  constructor(opciones: Opciones) {
    this.#opciones = opciones
    this.#mirar()
  }

  /** El token con que se escribe; `undefined` mientras el lugar es de otro. */
  get token(): number | undefined {
    return this.#token
  }

  get nombre(): string {
    return this.#opciones.nombre
  }

  /** Lo escrito con nuestro token no tocó nada: ya no es nuestro. */
  perdido(): void {
    if (this.#token === undefined) return
    this.#token = undefined
    this.#opciones.alPerder()
  }

  /** Lo deja libre para que otro no espere. */
  async soltar(): Promise<void> {
    this.#terminado = true
    this.#siguiente?.cancelar()
    await this.#mirando
    const { almacen, nombre, alFallar } = this.#opciones
    const token = this.#token
    this.#token = undefined
    if (token === undefined) return
    await almacen.ejecutar((tx) => tx.ejecutar(tablas.soltarArriendo, { nombre, token }), 'consumidor').catch(alFallar)
  }

  #mirar(): void {
    if (this.#terminado) return
    const { entorno, ms, alFallar } = this.#opciones
    this.#mirando = (this.#token === undefined ? this.#pretender() : this.#renovar()).catch(alFallar).finally(() => {
      if (!this.#terminado) this.#siguiente = entorno.planificador.tras(ms / 4, () => this.#mirar())
    })
  }

  async #renovar(): Promise<void> {
    const { almacen, nombre } = this.#opciones
    const token = this.#token ?? 0
    if ((await almacen.ejecutar((tx) => tx.ejecutar(tablas.renovarArriendo, { nombre, token }), 'consumidor')) === 0) this.perdido()
  }

  async #pretender(): Promise<void> {
    this.#token = await this.#opciones.almacen.ejecutar((tx) => this.#tomar(tx), 'consumidor')
    if (this.#token !== undefined && !this.#terminado) this.#opciones.alGanar()
  }

  async #tomar(tx: Tx): Promise<number | undefined> {
    const { nombre, dueno, ms, entorno } = this.#opciones
    if ((await tx.ejecutar(tablas.crearArriendo, { nombre, dueno })) > 0) return 1
    const fila = await tx.una(tablas.leerArriendo, { nombre })
    if (fila === undefined) return undefined
    const { token, latido } = fila
    if (fila.dueno !== null && !this.#lleva(ms, { token, latido }, entorno.reloj.monotono())) return undefined
    return (await tx.ejecutar(tablas.quitarArriendo, { nombre, dueno, token, latido })) > 0 ? token + 1 : undefined
  }

  /** Si hace `ms` que se le ve el mismo token y el mismo latido. */
  #lleva(ms: number, { token, latido }: { token: number; latido: number }, ahora: number): boolean {
    if (this.#visto?.token !== token || this.#visto.latido !== latido) this.#visto = { token, latido, desde: ahora }
    return ahora - this.#visto.desde >= ms
  }
}
