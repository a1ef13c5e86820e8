import { LIMITES_DE_FLUJO, type LimitesDeFlujo } from '../flujo/limites.ts'

/** Bytes, milisegundos y cuentas. */
export type LimitesDeUi = LimitesDeFlujo &
  Readonly<{
    /** Lo más largo que se admite que envíe un navegador por su WebSocket, y cuántas veces por minuto. */
    entrada: number
    mensajesPorMinuto: number
    enchufes: number
    enchufesPorSesion: number
    reservasPorEnchufe: number
    ping: number
    /** Sin que salga nada de lo pendiente en este plazo, se corta. */
    sinAvance: number
    ronda: number
    /** Lo que se espera a que el otro lado cierre, al detenerse. */
    despedida: number
    /** Lo que se espera la respuesta de la API; más que la espera más larga que ella admite. */
    api: number
  }>

export const LIMITES_DE_UI: LimitesDeUi = {
  ...LIMITES_DE_FLUJO,
  entrada: 64 * 1_024,
  mensajesPorMinuto: 100,
  enchufes: 20_000,
  enchufesPorSesion: 32,
  reservasPorEnchufe: 50,
  ping: 20_000,
  sinAvance: 30_000,
  ronda: 5_000,
  despedida: 2_000,
  api: 35_000,
}
