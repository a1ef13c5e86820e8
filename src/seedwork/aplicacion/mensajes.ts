import type { Lector, Tx } from '../infraestructura/almacen/puerto.ts'
import type { Ids, Reloj } from '../infraestructura/puertos.ts'
import type { Origen } from './origen.ts'

/** Lo que se pide que ocurra. `D` son sus datos, ya interpretados; `R`, lo que devuelve quien lo cumple. */
export type Comando<T extends string = string, D = unknown, R = unknown> = Readonly<{ tipo: T; _datos?: D; _resultado?: R }>

/** Lo que se pregunta. Responderlo no cambia nada. */
export type Query<T extends string = string, D = unknown, R = unknown> = Readonly<{ tipo: T; _datos?: D; _resultado?: R }>

/** `comando<Datos, Resultado>()('CrearReserva')` */
export const comando =
  <D, R>() =>
  <const T extends string>(tipo: T): Comando<T, D, R> => ({ tipo })

export const query =
  <D, R>() =>
  <const T extends string>(tipo: T): Query<T, D, R> => ({ tipo })

export type DatosDe<M> = M extends { readonly _datos?: infer D } ? D : never
export type ResultadoDe<M> = M extends { readonly _resultado?: infer R } ? R : never

/** Un hecho del dominio. */
export type Evento = Readonly<{ tipo: string; data: unknown }>

/** Con qué trabaja un manejador de comandos: la tx de su unidad, el reloj, los identificadores y quién lo pide. */
export type ContextoDeComando = Readonly<{ tx: Tx; reloj: Reloj; ids: Ids; origen: Origen }>

/** Cumple un comando dentro de la tx y devuelve su resultado y lo que ocurrió. No responde, no publica, no confirma. */
export type Manejador<C extends Comando, E extends Evento, Deps = unknown> = (
  contexto: ContextoDeComando & Deps,
  datos: DatosDe<C>,
) => Promise<Readonly<{ resultado: ResultadoDe<C>; eventos: readonly E[] }>>

export type ContextoDeQuery = Readonly<{ lector: Lector; origen: Origen }>

/** Responde una query leyendo lo confirmado. */
export type Respondedor<Q extends Query> = (contexto: ContextoDeQuery, datos: DatosDe<Q>) => Promise<ResultadoDe<Q>>

/** Un manejador por comando: si falta uno, sobra o está mal escrito, no compila. */
export type Manejadores<C extends Comando, E extends Evento> = { readonly [M in C as M['tipo']]: Manejador<M, E> }
export type Respondedores<Q extends Query> = { readonly [M in Q as M['tipo']]: Respondedor<M> }

/** Lo que otro módulo hace, en la misma tx, cuando algo ocurre: antes del commit, y con él o nada. */
export type Reaccion<E extends Evento> = (contexto: ContextoDeComando, evento: E) => Promise<void>

/** Las reacciones a cada evento. Un evento sin entrada no compila: no reaccionar también se dice. */
export type Reacciones<E extends Evento> = { readonly [T in E['tipo']]: readonly Reaccion<Extract<E, { tipo: T }>>[] }

/** Une las tablas de dos módulos; si los dos tienen la misma entrada, no compila. */
export const unir = <A extends object, B extends object>(a: A, b: B & { readonly [K in keyof A & keyof B]: never }): A & B => ({
  ...a,
  ...b,
})
