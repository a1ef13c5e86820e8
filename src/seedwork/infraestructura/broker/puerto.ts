import type { Instante } from '../../dominio/instante.ts'
import type { Tx } from '../almacen/puerto.ts'

/** Atributos de CloudEvents 1.0 y los propios, todos texto, nombres en minúscula. */
export type Propiedades = Readonly<Record<string, string>>

/** Lo que se publica. `id` se acuña cuando se escribe el hecho, nunca por envío. Sin `llave` no hay orden que guardar. */
export type Mensaje = Readonly<{ topico: string; id: string; llave: string | null; datos: Uint8Array; propiedades: Propiedades }>

/** Lo que se recibe. `posicion` es opaca (época + posición del broker) y ordena dentro de su tópico. `instante` es el de publicación. */
export type MensajeRecibido = Mensaje & Readonly<{ posicion: string; instante: Instante }>

/** Por qué un mensaje está en el tópico de apartados: un código estable y una frase. */
export type Causa = Readonly<{ codigo: string; mensaje: string }>

/**
 * Un mensaje en manos de un consumidor. Se salda una sola vez, de una de tres formas; si el manejador termina sin saldarlo se acusa
 * solo, y si lanza se rechaza sin demora.
 */
export interface Entrega {
  readonly mensaje: MensajeRecibido
  /** 1 la primera vez. Contado de forma durable antes de que corra el manejador: sobrevive a la caída del proceso. */
  readonly intento: number
  /** Hecho. Con `tx`, dentro de ella donde el broker vive en el mismo almacén; si no, después de su commit. */
  acusar(tx: Tx): Promise<void>
  /** Otra vez, pasados `retrasoMs`. Mientras tanto retiene su llave y nada más. */
  rechazar(retrasoMs: number, causa: Causa): Promise<void>
  /** Al tópico `<topico>-<suscripcion>-DLQ`, con sus bytes, propiedades, origen, causa e intentos; libera su llave. */
  apartar(causa: Causa): Promise<void>
}

/** Dónde empieza una suscripción nueva o una lectura: `posicion` = después de ésa; `instante` = con lo publicado desde entonces. */
export type Inicio = 'primero' | 'ultimo' | Readonly<{ posicion: string }> | Readonly<{ instante: Instante }>

export type Suscripcion = Readonly<{
  topico: string
  nombre: string
  /**
   * Shared: cualquiera recibe cualquiera, sin orden. Key_Shared: de cada llave hay uno solo en vuelo, en orden. Failover y Exclusive: el
   * tópico entero en orden, de uno en uno; con Failover recibe un consumidor y los demás esperan a que se vaya, y con Exclusive un
   * segundo consumidor se rechaza (`suscripcion_ocupada`).
   */
  tipo: 'Shared' | 'Key_Shared' | 'Failover' | 'Exclusive'
  /** Sólo cuenta la primera vez: después, la suscripción sigue donde iba. */
  inicio: Inicio
  /** Cuántos mensajes puede tener en vuelo este consumidor. */
  permisos: number
  manejar: (entrega: Entrega) => Promise<void>
}>

export interface Consumidor {
  /** Deja de recibir, espera lo que está en vuelo y devuelve el resto a la suscripción. */
  cerrar(): Promise<void>
}

export type Lectura = Readonly<{ topico: string; desde: Inicio; senal: AbortSignal }>

/**
 * Cuánto falta por saldar en una suscripción, y hace cuántos ms espera el más antiguo que ya podría entregarse (uno retenido por un
 * rechazo anterior de su llave no cuenta: no es falta de capacidad).
 */
export type Atraso = Readonly<{ topico: string; suscripcion: string; pendientes: number; edadMs: number }>

/** Con este nombre de suscripción se cuenta lo publicado que aún no sale hacia un broker que está fuera. */
export const SALIDA = 'relevo'

/** Un mensaje apartado: el original, de qué suscripción salió, por qué y tras cuántos intentos. */
export type Apartado = Readonly<{
  mensaje: MensajeRecibido
  topico: string
  suscripcion: string
  causa: Causa
  intentos: number
  instante: Instante
}>

export type FiltroDeApartados = Readonly<{ topico?: string; suscripcion?: string; llave?: string; codigo?: string }>

/** Lo que un operador hace con lo apartado. */
export interface Apartados {
  /** Los que nadie ha reintentado, en el orden en que se apartaron. */
  ver(filtro: FiltroDeApartados): Promise<readonly Apartado[]>
  /** Los devuelve, en orden, sólo a la suscripción que los apartó, con sus intentos en cero. Dice cuántos fueron. */
  reintentar(filtro: FiltroDeApartados): Promise<number>
}

/**
 * El puerto del broker: tres funciones y lo que garantizan. Lo prueba `pruebas/contrato_broker.ts` sobre cada adaptador.
 */
export interface Broker {
  /** Los mensajes salen si y sólo si `tx` se confirma; al menos una vez, en el orden en que se publicaron dentro de cada llave. */
  publicar(tx: Tx, mensajes: readonly Mensaje[]): Promise<void>
  /**
   * Entrega cada mensaje del tópico a un consumidor de la suscripción, al menos una vez. Con Key_Shared, en orden dentro de la llave.
   * Uno rechazado o caído vuelve, y retiene sólo los posteriores de su llave (del tópico, con Failover y Exclusive). Intentos y acuses sobreviven a reinicios.
   */
  suscribir(suscripcion: Suscripcion): Promise<Consumidor>
  /** Lee el tópico en orden, sin acusar y sin estado, hasta que `senal` aborta. `posicion_perdida` si ya no se conserva. */
  leer(lectura: Lectura): AsyncIterable<MensajeRecibido>
  /** El atraso de cada suscripción de este proceso. */
  atrasos(): readonly Atraso[]
  readonly apartados: Apartados
  /** Deja de entregar, espera lo que está en vuelo y guarda hasta dónde llegó cada suscripción. */
  cerrar(): Promise<void>
}

export const topicoDeApartados = (topico: string, suscripcion: string): string => `${topico}-${suscripcion}-DLQ`
