import type { Tx } from '../../almacen/puerto.ts'
import type { Broker, Consumidor, Entrega, Mensaje, Suscripcion } from '../puerto.ts'

/** Una entrega que además puede volver a la suscripción como si no se hubiera hecho: en su lugar, sin contar un intento. */
export interface EntregaRemota extends Entrega {
  devolver(): void
}

export type SuscripcionRemota = Omit<Suscripcion, 'manejar'> &
  Readonly<{
    /** Quien maneja vive en otro proceso: que éste muera no dice nada del mensaje, y no se le cuenta. Cuenta lo que diga quien la abrió. */
    remota?: boolean
    manejar: (entrega: EntregaRemota) => Promise<void>
  }>

/** Sus `permisos` pueden cambiar: se miran cada vez que hay algo que darle. */
export interface ConsumidorRemoto extends Consumidor {
  /** Ahora tiene más permisos. */
  avisar(): void
}

/** Cómo está una suscripción abierta. Todo lo de `hasta` o anterior está saldado. */
export type EstadoDeSuscripcion = Readonly<{
  nombre: string
  tipo: Suscripcion['tipo'] | undefined
  hasta: number
  /** Lo saldado después de `hasta`, en orden. */
  saldadas: readonly number[]
  pendientes: number
  consumidores: number
  enVuelo: number
}>

/** Lo que el broker embebido sabe hacer además del puerto, para servir a otros procesos. Las posiciones son los números del log. */
export interface BrokerEmbebido extends Broker {
  readonly epoca: string
  /** Como `publicar`, de uno en uno, y dice dónde quedó. */
  publicarUno(tx: Tx, mensaje: Mensaje): Promise<number>
  /** Como `suscribir`, para quien sólo pasa los mensajes a otro proceso. */
  suscribirRemoto(suscripcion: SuscripcionRemota): Promise<ConsumidorRemoto>
  /** La crea donde se dice; si ya existe no cambia nada. Durable cuando resuelve. */
  crearSuscripcion(suscripcion: Pick<Suscripcion, 'topico' | 'nombre' | 'inicio'>): Promise<void>
  /** La mueve; sus intentos vuelven a cero. Espera lo que está en vuelo. `false` si no existe. */
  moverSuscripcion(suscripcion: Pick<Suscripcion, 'topico' | 'nombre' | 'inicio'>): Promise<boolean>
  /** La borra con todo lo suyo. Espera lo que está en vuelo. `false` si no existe. */
  borrarSuscripcion(suscripcion: Pick<Suscripcion, 'topico' | 'nombre'>): Promise<boolean>
  estadoDe(topico: string): Promise<readonly EstadoDeSuscripcion[]>
}
