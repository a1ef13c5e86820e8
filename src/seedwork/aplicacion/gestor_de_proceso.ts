import type { Instante } from '../dominio/instante.ts'

/** Un aviso que el proceso se deja para después: llega una vez, a su hora o más tarde, salvo que antes ocurra otra cosa. */
export type Plazo<N extends string = string> = Readonly<{ nombre: N; vence: Instante }>

/** Lo que mueve un proceso: un hecho que ocurrió, o un plazo suyo que venció. */
export type Entrada<V, N extends string = string> = Readonly<{ tipo: 'hecho'; hecho: V } | { tipo: 'vencio'; plazo: N }>

/** Lo que sigue: el estado nuevo, lo que se pide y los plazos que corren desde ahora. Los anteriores dejan de correr. */
export type PasoSiguiente<E, C, N extends string = string> = Readonly<{
  estado: E
  comandos: readonly C[]
  plazos: readonly Plazo<N>[]
}>

/**
 * Un gestor de proceso (saga): una función pura que, con lo que sabe y lo que ocurre, dice qué sigue. `undefined` es «esto no me toca»: nada
 * se escribe. `id` es de quién es el proceso (el agregado que sigue).
 */
export type Proceso<E, V, C, N extends string = string> = Readonly<{
  nombre: string
  avanzar: (
    estado: E | undefined,
    entrada: Entrada<V, N>,
    contexto: Readonly<{ id: string; ahora: Instante }>,
  ) => PasoSiguiente<E, C, N> | undefined
}>
