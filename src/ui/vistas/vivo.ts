/** Un hecho que llega solo: de qué reserva es y, si terminó una operación, cómo. */
export type Hecho = Readonly<{
  data: Readonly<{ id_reserva: string; estado: string }>
  evento?: string
  id_operacion?: string | null
  operacion?: Readonly<{ id_operacion: string; comando: string; estado: string; codigo: string | null; error: string | null }> | null
  posicion?: string
}>

type Control = Readonly<{ control: 'inicio'; posicion: string; recuperado: boolean }>

export type Observador = Readonly<{
  alHecho: (hecho: Hecho) => void
  /** Lo que hubo mientras no se escuchaba no se puede recuperar: hay que leer el estado otra vez. */
  alReiniciar: () => void
  alConectar: (conectado: boolean) => void
}>

const ESPERA_MINIMA_MS = 500
const ESPERA_MAXIMA_MS = 15_000
/** Quien tarda más en empezar a contar tiene abierta la puerta y nada detrás: al servicio le falta de dónde enterarse. */
const SIN_INICIO_MS = 3_000

/**
 * Escucha lo que esta sesión puede ver, y además `reservas`. Se reconecta siempre, con espera creciente y dispersa, y sigue desde lo
 * último que vio: nada falta y nada se repite. Devuelve cómo dejar de escuchar.
 */
export const escuchar = (reservas: readonly string[], observador: Observador): (() => void) => {
  let posicion: string | undefined
  let espera = ESPERA_MINIMA_MS
  let cerrado = false
  let temporizador: ReturnType<typeof setTimeout> | undefined
  let sinInicio: ReturnType<typeof setTimeout> | undefined
  let enchufe: WebSocket

  const conectar = () => {
    enchufe = new WebSocket(direccion(reservas, posicion))
    sinInicio = setTimeout(() => observador.alConectar(false), SIN_INICIO_MS)
    enchufe.onmessage = ({ data }) => recibir(JSON.parse(data))
    enchufe.onclose = () => {
      clearTimeout(sinInicio)
      if (cerrado) return
      observador.alConectar(false)
      temporizador = setTimeout(conectar, espera * (0.5 + Math.random() / 2))
      espera = Math.min(espera * 2, ESPERA_MAXIMA_MS)
    }
  }

  const recibir = (mensaje: Hecho | Control) => {
    if (mensaje.posicion !== undefined) posicion = mensaje.posicion
    if (!('control' in mensaje)) return observador.alHecho(mensaje)
    espera = ESPERA_MINIMA_MS
    clearTimeout(sinInicio)
    observador.alConectar(true)
    if (!mensaje.recuperado) observador.alReiniciar()
  }

  conectar()
  return () => {
    cerrado = true
    clearTimeout(temporizador)
    clearTimeout(sinInicio)
    enchufe.close()
  }
}

const direccion = (reservas: readonly string[], posicion: string | undefined): string => {
  const url = new URL('/', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  for (const reserva of reservas) url.searchParams.append('reserva', reserva)
  if (posicion !== undefined) url.searchParams.set('desde', posicion)
  return url.href
}
