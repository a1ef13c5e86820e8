import type { Almacen, Tx } from '../../almacen/puerto.ts'
import type { Entorno } from '../../puertos.ts'
import type { Causa, Suscripcion } from '../puerto.ts'
import type { Medidas } from './medidas.ts'
import type { Recibido } from './recibido.ts'
import type { ServicioPulsar } from './servicio.ts'

/** Lo que una suscripción recibe de su broker. */
export type ContextoDeSuscripcion = Readonly<{
  almacen: Almacen
  entorno: Entorno
  servicio: ServicioPulsar
  dueno: string
  medidas: Medidas
  epoca: () => string
  /** Deja el tópico, sus apartados y la suscripción como deben estar. */
  preparar: (suscripcion: Suscripcion) => Promise<void>
  publicarApartado: (tx: Tx, apartado: { mensaje: Recibido; suscripcion: string; causa: Causa; intentos: number }) => Promise<void>
  alFallar: (error: unknown) => void
}>
