import type { Entorno } from '../../puertos.ts'
import { ColasPorLlave, type Espera } from '../embebido/colas_por_llave.ts'
import { llaveDeReparto } from '../llave_de_reparto.ts'
import type { Suscripcion } from '../puerto.ts'
import type { Recibido } from './recibido.ts'
import type { Historia, Previos, RegistroPulsar } from './registro.ts'

/** Mensajes listos o por estarlo que se piden por adelantado. */
const VENTANA = 500
/** Todos los que se tienen sin saldar, también los retenidos: lo más que puede juntarse detrás de unas llaves que fallan. */
const ABIERTOS_MAXIMOS = 10_000

/** Un mensaje en manos de este proceso. `sesion` es la conexión con Pulsar en la que llegó por última vez. */
export type Abierto = {
  readonly espera: Espera<Recibido>
  readonly recibido: Recibido
  readonly sospechoso: boolean
  readonly tramo: string
  previos: Previos | undefined
  estado: 'espera' | 'corre' | 'retenido'
  sesion: number
}

type Contexto = Readonly<{ entorno: Entorno; registro: RegistroPulsar; acusar: (acuse: string) => void }>

/** Lo que una suscripción tiene sin saldar, con cada llave en orden. Al cortarse la conexión sólo conserva lo que está corriendo. */
export class Ventana {
  #colas = new ColasPorLlave<Recibido>()
  readonly #contexto: Contexto
  readonly #tipo: Suscripcion['tipo']
  readonly #abiertos = new Map<string, Abierto>()
  readonly #porNumero = new Map<number, Abierto>()
  /** Cuántos quedan sin saldar de cada tramo anotado en la base. */
  readonly #tramos = new Map<string, number>()
  #numero = 0
  #sesion = 0
  /** Llegados y todavía sin abrir. */
  #llegando = 0

  constructor(contexto: Contexto, tipo: Suscripcion['tipo']) {
    this.#contexto = contexto
    this.#tipo = tipo
  }

  get colas(): ColasPorLlave<Recibido> {
    return this.#colas
  }

  get sesion(): number {
    return this.#sesion
  }

  /** Cuántos más caben. */
  get lugar(): number {
    return Math.min(VENTANA - this.#colas.contenidos, ABIERTOS_MAXIMOS - this.#abiertos.size) - this.#llegando
  }

  get abiertos(): number {
    return this.#abiertos.size
  }

  de(espera: Espera<Recibido>): Abierto | undefined {
    return this.#porNumero.get(espera.posicion)
  }

  /**
   * Abre lo que acaba de llegar, en su orden, después de anotarlo en la base. Lo ya acusado se acusa otra vez; lo que está corriendo
   * desde antes del corte sigue. Resuelve con cuántos resultaron ya saldados.
   */
  async abrir(llegados: readonly Recibido[]): Promise<number> {
    const sesion = this.#sesion
    this.#llegando += llegados.length
    try {
      const historia = await this.#contexto.registro.abrirTramo(llegados.map(({ clave }) => clave))
      if (sesion !== this.#sesion) {
        this.#contexto.registro.cerrarTramo(historia.tramo)
        return 0
      }
      const nuevos = llegados.filter((recibido) => !this.#yaEsta(recibido, historia))
      this.#tramos.set(historia.tramo, nuevos.length)
      if (nuevos.length === 0) this.#soltarTramo(historia.tramo, 0)
      for (const recibido of nuevos) this.#agregar(recibido, historia)
      return llegados.filter(({ clave }) => historia.acusadas.has(clave)).length
    } finally {
      this.#llegando -= llegados.length
    }
  }

  /** Conexión nueva: lo que nadie maneja se olvida, porque volverá. Lo devuelto por un operador no vino de Pulsar y se queda. */
  olvidar(): void {
    this.#sesion++
    this.#colas = new ColasPorLlave<Recibido>()
    const enOrden = [...this.#abiertos.values()].sort((a, b) => a.espera.posicion - b.espera.posicion)
    for (const abierto of enOrden) if (seOlvida(abierto)) this.quitar(abierto)
    const quedan = enOrden.filter((abierto) => !seOlvida(abierto))
    for (const abierto of quedan) if (abierto.estado !== 'espera') this.#ocuparLlave(abierto)
    for (const abierto of quedan) if (abierto.estado === 'espera') this.#encolar(abierto)
  }

  /** Ya no está en manos de este proceso. */
  quitar(abierto: Abierto): void {
    this.#abiertos.delete(abierto.recibido.clave)
    this.#porNumero.delete(abierto.espera.posicion)
    this.#soltarTramo(abierto.tramo, 1)
  }

  #yaEsta({ clave, acuse }: Recibido, { acusadas }: Historia): boolean {
    if (acusadas.has(clave)) {
      if (acuse !== undefined) this.#contexto.acusar(acuse)
      return true
    }
    const abierto = this.#abiertos.get(clave)
    if (abierto === undefined) return false
    abierto.sesion = this.#sesion
    return true
  }

  #agregar(recibido: Recibido, { tramo, previos, sospechosas }: Historia): void {
    const posicion = ++this.#numero
    const llegada = this.#contexto.entorno.reloj.monotono()
    const abierto: Abierto = {
      espera: { posicion, llave: llaveDeReparto(this.#tipo, recibido.llave, posicion), contenido: recibido, llegada },
      recibido,
      tramo,
      sospechoso: sospechosas.has(recibido.clave),
      previos: previos.get(recibido.clave),
      estado: 'espera',
      sesion: this.#sesion,
    }
    this.#abiertos.set(recibido.clave, abierto)
    this.#porNumero.set(posicion, abierto)
    this.#colas.agregar(abierto.espera)
  }

  #encolar({ espera, recibido }: Abierto): void {
    espera.contenido = recibido
    this.#colas.agregar(espera)
  }

  /** Lo que corre, o espera su plazo, ocupa su llave también en las colas nuevas. */
  #ocuparLlave(abierto: Abierto): void {
    this.#encolar(abierto)
    this.#colas.tomar()
    if (abierto.estado === 'retenido') this.#colas.retener(abierto.espera)
  }

  #soltarTramo(tramo: string, cuantos: number): void {
    const quedan = (this.#tramos.get(tramo) ?? 0) - cuantos
    if (quedan > 0) {
      this.#tramos.set(tramo, quedan)
      return
    }
    this.#tramos.delete(tramo)
    this.#contexto.registro.cerrarTramo(tramo)
  }
}

const seOlvida = ({ estado, recibido }: Abierto): boolean => estado !== 'corre' && recibido.devuelto === undefined
