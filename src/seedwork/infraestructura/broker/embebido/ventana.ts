import type { Almacen } from '../../almacen/puerto.ts'
import type { Entorno } from '../../puertos.ts'
import { llaveDeReparto } from '../llave_de_reparto.ts'
import type { MensajeRecibido, Suscripcion } from '../puerto.ts'
import { ColasPorLlave, type Espera } from './colas_por_llave.ts'
import { MarcaDeAgua } from './marca_de_agua.ts'
import type { EstadoGuardado } from './registro.ts'
import * as tablas from './tablas.ts'

/** Contenidos en memoria por suscripción; lo demás espera en el log. */
const VENTANA = 1_000
const PAGINA = 500
/** Posiciones abiertas en memoria, con o sin contenido: detrás de una llave retenida pueden juntarse muchas. */
const ABIERTAS_MAXIMAS = 50_000

export type Recibido = MensajeRecibido & Readonly<{ numero: number }>

type Contexto = Readonly<{ almacen: Almacen; entorno: Entorno; recibir: (fila: tablas.Publicado) => Recibido }>
type DeSuscripcion = Readonly<Pick<Suscripcion, 'topico' | 'nombre' | 'tipo'>>

/** Lo que una suscripción tiene por entregar: un tramo en memoria, y el resto en el log. Lo recién publicado entra sin releerlo. */
export class Ventana {
  readonly colas = new ColasPorLlave<Recibido>()
  readonly #contexto: Contexto
  readonly #de: DeSuscripcion
  readonly #marca: MarcaDeAgua
  readonly #acusadas: Set<number>
  #leidoHasta: number
  #pendientes: number
  #alDia = false
  #leyendo = false
  #hayNuevos = false
  #cerrada = false

  constructor(contexto: Contexto, de: DeSuscripcion, { hasta, acusadas, pendientes }: EstadoGuardado) {
    this.#contexto = contexto
    this.#de = de
    this.#marca = new MarcaDeAgua(hasta)
    this.#acusadas = acusadas
    this.#leidoHasta = hasta
    this.#pendientes = pendientes
  }

  /** Todo lo de esta posición o anterior está saldado. */
  get hasta(): number {
    return this.#marca.hasta
  }

  get pendientes(): number {
    return this.#pendientes
  }

  /** Lo que un commit acaba de publicar, en orden. */
  agregar(mensaje: Recibido, para: string | null): void {
    if (para !== null && para !== this.#de.nombre) {
      if (this.#alDia) this.#pasar(mensaje.numero)
      return
    }
    this.#pendientes++
    this.#hayNuevos = true
    if (!this.#alDia || mensaje.numero <= this.#leidoHasta) return
    if (this.#lugar() > 0) this.#abrir(mensaje)
    else this.#alDia = false
  }

  /** El log puede tener algo que no llegó por `agregar`: hay que mirarlo. */
  releer(): void {
    this.#alDia = false
    this.#hayNuevos = true
  }

  saldar(espera: Espera<Recibido>): void {
    this.#pendientes--
    this.colas.saldar(espera)
    this.#marca.saldar(espera.posicion)
  }

  /** Se llena desde el log hasta estar al día, o hasta la primera fila dañada: ahí lanza, y lo que la sigue espera. Lo publicado mientras leía obliga a leer otra vez. */
  async leerMas(): Promise<void> {
    if (this.#alDia || this.#leyendo) return
    this.#leyendo = true
    try {
      while (!this.#alDia && !this.#cerrada && this.#lugar() >= PAGINA) await this.#leerPagina()
    } finally {
      this.#leyendo = false
    }
  }

  async contenidoDe({ contenido, posicion }: Espera<Recibido>): Promise<Recibido> {
    if (contenido !== undefined) return contenido
    const fila = await this.#contexto.almacen.lector.una(tablas.leerUno, { posicion })
    if (fila === undefined) throw new Error(`El mensaje ${posicion} de ${this.#de.topico} desapareció sin haberse saldado.`)
    return this.#contexto.recibir(tablas.sumaDelLog.exigir(fila))
  }

  cerrar(): void {
    this.#cerrada = true
  }

  async #leerPagina(): Promise<void> {
    this.#hayNuevos = false
    const { topico } = this.#de
    const pagina = await this.#contexto.almacen.lector.todas(tablas.leerPagina, { topico, desde: this.#leidoHasta, maximo: PAGINA })
    for (const fila of pagina) this.#cargar(tablas.sumaDelLog.exigir(fila))
    this.#alDia = pagina.length < PAGINA && !this.#hayNuevos
    if (this.#alDia) this.#pendientes = this.#marca.abiertas
  }

  #cargar(fila: tablas.Publicado): void {
    const ajena = fila.para !== null && fila.para !== this.#de.nombre
    if (ajena || this.#acusadas.delete(fila.posicion)) this.#pasar(fila.posicion)
    else this.#abrir(this.#contexto.recibir(fila))
  }

  #pasar(posicion: number): void {
    this.#leidoHasta = posicion
    this.#marca.pasar(posicion)
  }

  #abrir(mensaje: Recibido): void {
    const posicion = mensaje.numero
    this.#leidoHasta = posicion
    this.#marca.abrir(posicion)
    this.colas.agregar({
      posicion,
      llave: llaveDeReparto(this.#de.tipo, mensaje.llave, posicion),
      contenido: mensaje,
      llegada: this.#contexto.entorno.reloj.monotono(),
    })
  }

  #lugar(): number {
    return Math.min(VENTANA - this.colas.contenidos, ABIERTAS_MAXIMAS - this.#marca.abiertas)
  }
}
