import type { Almacen } from '../../../almacen/puerto.ts'
import type { Entorno } from '../../../puertos.ts'
import type { BrokerEmbebido } from '../remoto.ts'
import type { LimitesWs } from './limites.ts'

/** Lo que cada enchufe usa. */
export type PartesWs = Readonly<{
  broker: BrokerEmbebido
  almacen: Almacen
  entorno: Entorno
  limites: LimitesWs
  /** Recibe lo que no se esperaba. */
  alFallar: (error: unknown) => void
}>

/** Quien atiende un enchufe abierto. */
export type Sesion = Readonly<{
  recibir: (texto: string) => void
  /** El otro lado ya no está, o se le va a despedir: lo que tenía vuelve. Espera lo que ya se está saldando. */
  soltar: () => Promise<void>
}>
