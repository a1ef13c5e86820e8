import type { Entorno } from '../../puertos.ts'
import { almacenCerrado, almacenOcupado, almacenSaturado, esperaAjena } from '../errores.ts'
import type { Prioridad, Tx, UnidadDeTrabajo } from '../puerto.ts'
import { puntoDeCaida } from '../punto_de_caida.ts'
import { correrAvisos, escribirJuntas, TxDeUnidad } from '../tx.ts'
import type { Conexion } from './conexion.ts'
import { commitFallido, errorDeAlmacen, estaOcupado, transaccionPerdida } from './errores.ts'

/** Unidades por commit: más casi no acorta el fsync por unidad, y alarga la espera de las primeras y la de todo lo demás que hace el hilo. */
const UNIDADES_POR_GRUPO = 112
/** Lo que es de los consumidores mientras tengan algo: un comando aceptado deja tres unidades suyas por hacer. */
const PARTE_DE_CONSUMIDORES = 3 / 4
/** Unidades en espera a partir de las cuales se rechaza antes de escribir nada. */
const COLA_MAXIMA = 4_096
/** Cuánto se espera, sin bloquear el hilo, a que otro proceso suelte el almacén. */
const ESPERA_OCUPADO_MS = 5_000
const ENTRE_INTENTOS_MS = 20

type Desenlace = Readonly<{ valor: unknown; tx: TxDeUnidad } | { error: unknown }>
type Pendiente = {
  unidad: (tx: Tx) => Promise<unknown>
  resolver: (valor: unknown) => void
  rechazar: (error: unknown) => void
  desenlace?: Desenlace
}

export type DatosDelGrupo = Readonly<{
  conexion: Conexion
  reabrir: () => Conexion
  entorno: Pick<Entorno, 'reloj' | 'planificador'>
  /** Recibe lo que lanza un aviso de `alConfirmar`: lo suyo ya es durable y su respuesta sale igual. */
  alFallar: (error: unknown) => void
}>

/**
 * Commit en grupo: las unidades en espera corren una tras otra dentro de una transacción, cada una en su savepoint, y comparten un
 * COMMIT. Nadie recibe respuesta antes de él. La que falla se deshace sola; si falla el COMMIT, fallan todas.
 */
export class GrupoDeCommit implements UnidadDeTrabajo {
  #conexion: Conexion
  readonly #reabrir: () => Conexion
  readonly #entorno: DatosDelGrupo['entorno']
  readonly #alFallar: DatosDelGrupo['alFallar']
  readonly #colas: Record<Prioridad, Pendiente[]> = { peticion: [], consumidor: [] }
  #programado = false
  #ocupadoDesde: number | undefined
  #cierre: PromiseWithResolvers<void> | undefined
  #abandonar: ((error: unknown) => void) | undefined

  constructor({ conexion, reabrir, entorno, alFallar }: DatosDelGrupo) {
    this.#conexion = conexion
    this.#reabrir = reabrir
    this.#entorno = entorno
    this.#alFallar = alFallar
  }

  ejecutar<T>(unidad: (tx: Tx) => Promise<T>, prioridad: Prioridad = 'peticion'): Promise<T> {
    if (this.#cierre) return Promise.reject(almacenCerrado())
    if (this.#colas[prioridad].length >= COLA_MAXIMA) return Promise.reject(almacenSaturado())
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#colas[prioridad].push({ unidad, resolver: resolve as (valor: unknown) => void, rechazar: reject })
    this.#programar()
    return promise
  }

  /** No acepta más y termina lo encolado. */
  terminar(): Promise<void> {
    if (this.#cierre === undefined) {
      this.#cierre = Promise.withResolvers<void>()
      if (!this.#programado) this.#cierre.resolve()
    }
    return this.#cierre.promise
  }

  /** Hace el checkpoint y cierra la conexión. */
  cerrar(): void {
    try {
      if (this.#conexion.db.isOpen) this.#conexion.orden('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // Sin espacio no hay checkpoint, y no se pierde nada: lo confirmado está en el WAL.
    }
    this.#conexion.cerrar()
  }

  #programar(): void {
    if (this.#programado) return
    this.#programado = true
    this.#entorno.planificador.enseguida(() => void this.#turno())
  }

  async #turno(): Promise<void> {
    const abierta = this.#comenzar()
    if (abierta === 'reintentar') return
    if (abierta === 'abierta') await this.#correrGrupo(this.#tomar())
    this.#programado = false
    if (this.#colas.peticion.length + this.#colas.consumidor.length > 0) this.#programar()
    else this.#cierre?.resolve()
  }

  /** Abre la transacción. Si otro la tiene, vuelve a intentar más tarde; pasado el plazo, falla lo encolado. */
  #comenzar(): 'abierta' | 'reintentar' | 'fallida' {
    try {
      if (!this.#conexion.db.isOpen) this.#conexion = this.#reabrir()
      this.#conexion.orden('BEGIN IMMEDIATE')
      this.#ocupadoDesde = undefined
      return 'abierta'
    } catch (error) {
      const { reloj } = this.#entorno
      this.#ocupadoDesde ??= reloj.monotono()
      if (estaOcupado(error) && reloj.monotono() - this.#ocupadoDesde < ESPERA_OCUPADO_MS) {
        this.#reintentar()
        return 'reintentar'
      }
      this.#ocupadoDesde = undefined
      const respuesta = estaOcupado(error) ? almacenOcupado(error) : errorDeAlmacen(error)
      for (const pendiente of this.#tomar(COLA_MAXIMA * 2)) pendiente.rechazar(respuesta)
      return 'fallida'
    }
  }

  /** Los temporizadores del planificador no mantienen vivo el proceso, y aquí alguien espera respuesta. */
  #reintentar(): void {
    const vivo = setInterval(() => {}, 2 ** 31 - 1)
    this.#entorno.planificador.tras(ENTRE_INTENTOS_MS, () => {
      clearInterval(vivo)
      void this.#turno()
    })
  }

  /** Las que siguen: alternadas, para que ni peticiones ni consumidores se queden sin su parte del grupo. */
  #tomar(maximo = UNIDADES_POR_GRUPO): Pendiente[] {
    const { peticion, consumidor } = this.#colas
    const suya = Math.ceil(maximo * PARTE_DE_CONSUMIDORES)
    const deConsumidor = Math.min(consumidor.length, Math.max(suya, maximo - peticion.length))
    const tomadas = [peticion.splice(0, maximo - deConsumidor), consumidor.splice(0, deConsumidor)] as const
    const grupo: Pendiente[] = []
    for (let i = 0; i < Math.max(tomadas[0].length, tomadas[1].length); i++) {
      if (tomadas[0][i]) grupo.push(tomadas[0][i] as Pendiente)
      if (tomadas[1][i]) grupo.push(tomadas[1][i] as Pendiente)
    }
    return grupo
  }

  async #correrGrupo(grupo: readonly Pendiente[]): Promise<void> {
    const quitarVigia = this.#vigilar()
    try {
      for (const pendiente of grupo) pendiente.desenlace = await this.#correrUnidad(pendiente.unidad)
      escribirJuntas(this.#conexion, grupo.flatMap(txDe))
    } catch (error) {
      // La transacción entera se perdió (disco lleno, E/S), o lo que juntaron no se pudo escribir: nada de este grupo quedó.
      this.#soltar()
      for (const pendiente of grupo) pendiente.rechazar(transaccionPerdida(error))
      return
    } finally {
      quitarVigia()
    }
    puntoDeCaida('uow.antes_de_confirmar')
    try {
      this.#conexion.orden('COMMIT')
    } catch (error) {
      this.#soltar()
      for (const pendiente of grupo) pendiente.rechazar(commitFallido(error))
      return
    }
    puntoDeCaida('uow.despues_de_confirmar')
    for (const pendiente of grupo) this.#avisar(pendiente)
    for (const pendiente of grupo) responder(pendiente)
  }

  /** Lanza sólo si la transacción entera dejó de existir. */
  async #correrUnidad(unidad: (tx: Tx) => Promise<unknown>): Promise<Desenlace> {
    const tx = new TxDeUnidad(this.#conexion)
    this.#conexion.orden('SAVEPOINT u')
    try {
      const valor = await this.#sinEsperaAjena(unidad, tx)
      tx.exigirAbierta()
      this.#conexion.orden('RELEASE u')
      return { valor, tx }
    } catch (error) {
      if (!this.#conexion.db.isTransaction) throw error
      this.#conexion.orden('ROLLBACK TO u')
      this.#conexion.orden('RELEASE u')
      return { error: errorDeAlmacen(error) }
    } finally {
      tx.terminar()
    }
  }

  #sinEsperaAjena(unidad: (tx: Tx) => Promise<unknown>, tx: Tx): Promise<unknown> {
    return new Promise((resolver, rechazar) => {
      this.#abandonar = rechazar
      unidad(tx).then(resolver, rechazar)
    })
  }

  /**
   * Una unidad que sólo espera su tx avanza sin salir de la cola de microtareas. `process.nextTick`, pedido desde una microtarea, corre
   * cuando esa cola se agota: si para entonces el grupo sigue abierto, la unidad en curso espera por otra cosa y se abandona.
   */
  #vigilar(): () => void {
    let vigente = true
    const revisar = () => {
      if (!vigente) return
      this.#abandonar?.(esperaAjena())
      armar()
    }
    const armar = () => queueMicrotask(() => process.nextTick(revisar))
    armar()
    return () => {
      vigente = false
    }
  }

  #avisar(pendiente: Pendiente): void {
    for (const { avisos } of txDe(pendiente)) correrAvisos(avisos, this.#alFallar)
  }

  /** Después de un fallo de la transacción no se confía en la conexión: la próxima vez se abre otra. */
  #soltar(): void {
    try {
      if (this.#conexion.db.isTransaction) this.#conexion.orden('ROLLBACK')
    } catch {
      // Si ni siquiera puede deshacer, cerrar la deshace.
    }
    this.#conexion.cerrar()
  }
}

/** La tx de la unidad, si terminó bien. */
const txDe = ({ desenlace }: Pendiente): readonly TxDeUnidad[] => (desenlace && 'tx' in desenlace ? [desenlace.tx] : [])

const responder = ({ desenlace, resolver, rechazar }: Pendiente): void => {
  if (desenlace && 'tx' in desenlace) resolver(desenlace.valor)
  else rechazar(desenlace?.error)
}
