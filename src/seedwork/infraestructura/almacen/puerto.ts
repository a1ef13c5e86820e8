import type { Consulta, Valor } from './consultas.ts'

/** Lee lo confirmado. Cada llamada ve un estado completo; dos llamadas pueden ver dos distintos. */
export interface Lector {
  todas<P extends object, R>(consulta: Consulta<P, R>, parametros: P): Promise<R[]>
  una<P extends object, R>(consulta: Consulta<P, R>, parametros: P): Promise<R | undefined>
}

/** Lo que varias unidades escriben con una sentencia: `lista` es el JSON de lo que pusieron todas. Dos son la misma si son el mismo objeto. */
export type Junta<P extends object = object> = Readonly<{ consulta: Consulta<P & { lista: string }, unknown>; parametros: P }>

/**
 * Una unidad de trabajo abierta. Lo que se lee por aquí ve lo que ella misma escribió. Muere con su unidad: usarla después falla con
 * `tx_terminada`. En SQLite no se espera por nada más que por ella (`espera_ajena`).
 */
export interface Tx extends Lector {
  /** Escribe y devuelve cuántas filas tocó. */
  ejecutar<P extends object>(consulta: Consulta<P, unknown>, parametros: P): Promise<number>
  /**
   * Escribe sin esperar a saber cuántas filas tocó: donde el almacén está lejos, lo siguiente va en el mismo viaje. Si falla, lanza aquí
   * o en lo próximo que se espere (una lectura, el final del savepoint, el commit), que tampoco queda.
   */
  escribir<P extends object>(consulta: Consulta<P, unknown>, parametros: P): void
  /**
   * Pone `valor` en lo que `junta` escribe justo antes del commit, de una vez para todas las unidades que lo comparten. Hasta entonces nadie
   * lo lee. Si la unidad, o el savepoint en que se pidió, se deshace, no se escribe; y si escribirlo falla, fallan todas.
   */
  juntar<P extends object>(junta: Junta<P>, valor: Valor): void
  /**
   * Corre `parte` con una tx propia; si falla, lo que escribió con ella desaparece y lo anterior queda (B33). Se anidan. Mientras
   * `parte` corre, sólo su tx se puede usar (`tx_ocupada`).
   */
  savepoint<T>(parte: (tx: Tx) => Promise<T>): Promise<T>
  /** `aviso` corre una vez, después del commit durable; nunca si la unidad, o el savepoint en que se pidió, se deshace. */
  alConfirmar(aviso: () => void): void
}

/** Quién espera la unidad: cuando hay cola, las de consumidores tienen una parte fija de cada grupo. */
export type Prioridad = 'peticion' | 'consumidor'

export interface UnidadDeTrabajo {
  /**
   * Corre `unidad` y resuelve con su resultado cuando lo que escribió es durable. Si lanza, nada de lo suyo queda y rechaza con lo mismo.
   * Muchas unidades comparten un commit, cada una aislada en su savepoint y estrictamente una tras otra.
   * Rechaza con `no_disponible` si el almacén no pudo confirmar (`resultado_desconocido`: pudo quedar escrito) o la cola está llena
   * (`almacen_saturado`: nada se escribió).
   */
  ejecutar<T>(unidad: (tx: Tx) => Promise<T>, prioridad?: Prioridad): Promise<T>
}

export interface Almacen extends UnidadDeTrabajo {
  /** Si las unidades van estrictamente una tras otra y comparten su commit (un solo escritor), o corren a la vez, cada una con el suyo. */
  readonly unaTrasOtra: boolean
  /** Identifica esta historia del almacén: cambia al crearlo o restaurarlo, y va en cada posición que sale (fiabilidad P27). */
  readonly epoca: string
  readonly lector: Lector
  /** Escribe una marca y la confirma: rechaza si ahora mismo el almacén no puede escribir. */
  comprobar(): Promise<void>
  /** Termina lo encolado, hace el checkpoint y cierra. */
  cerrar(): Promise<void>
}
