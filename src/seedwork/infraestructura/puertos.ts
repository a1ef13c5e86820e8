import type { Instante } from '../dominio/instante.ts'

/** Dos relojes: `ahora` dice qué hora es y puede saltar; `monotono` mide esperas (ms) y sólo avanza. */
export type Reloj = Readonly<{ ahora: () => Instante; monotono: () => number }>

/** Da un identificador UUIDv7 nuevo, mayor que todos los que dio antes. */
export type Ids = () => string

/** Un número de [0, 1). */
export type Azar = () => number

/** Lo que se puede cancelar. Cancelar dos veces, o tarde, no hace nada. */
export type Cancelable = Readonly<{ cancelar: () => void }>

/** Cuándo se hace lo que no se hace ya. `enseguida` es después de atender la entrada y salida pendiente. */
export type Planificador = Readonly<{
  enseguida: (tarea: () => void) => void
  tras: (ms: number, tarea: () => void) => Cancelable
}>

/** Todo lo que un proceso recibe de fuera y una prueba reemplaza por partes virtuales. */
export type Entorno = Readonly<{ reloj: Reloj; ids: Ids; azar: Azar; planificador: Planificador }>
