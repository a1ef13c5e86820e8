import type { IncomingMessage } from 'node:http'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import type { Receptor, Salida } from '../flujo/receptor.ts'
import type { Reparto } from '../flujo/reparto.ts'
import { claveDeReserva, claveDeSesion, PARA_TODOS } from '../flujo/trama.ts'
import type { LimitesDeUi } from './limites.ts'
import { esSegura, origenAdmitido } from './origen.ts'
import { leerSesion } from './sesion.ts'

/** Lo que alguien pide al conectarse, o por qué no se le admite (un estado HTTP). */
export type Solicitud = Readonly<{ sesion: string | undefined; reservas: readonly string[]; desde: string | undefined }>

/** Una conexión abierta, vista por quien las vigila. */
export type Conexion = Readonly<{
  pendientes: () => number
  cortar: () => void
  /** Pregunta al otro lado si sigue ahí. Responde con `Vigilada.senal`. */
  ping: () => void
}>

export type Vigilada = Readonly<{
  receptor: Receptor
  /** Salió algo de lo pendiente. */
  avance: () => void
  /** El otro lado dio señales de vida. */
  senal: () => void
  soltar: () => void
}>

export type Partes = Readonly<{
  reparto: Reparto
  entorno: Entorno
  permitidos: readonly string[]
  emitirTodo: boolean
  limites: LimitesDeUi
}>

export type Conexiones = Readonly<{
  /** La solicitud que trae la petición, o el estado con que se rechaza. */
  leer: (peticion: IncomingMessage, desde: string | undefined) => Solicitud | number
  agregar: (solicitud: Solicitud, conexion: Conexion, salida: Salida) => Vigilada
  /** Cuántas hay abiertas y cuántos bytes esperan salir, en total y en la que más. */
  medir: () => Readonly<{ abiertas: number; bytes_pendientes: number; bytes_de_la_mayor: number }>
  detener: () => void
}>

type Estado = { readonly conexion: Conexion; ultimoAvance: number; ultimaSenal: number; ultimoPing: number }

const ID_DE_RESERVA = /^[A-Za-z0-9-]{1,64}$/

/** Lo común a un WebSocket y a un SSE: quién puede abrirlo, cuántos, qué recibe, y cuándo se le corta por no avanzar. */
export const crearConexiones = ({ reparto, entorno, permitidos, emitirTodo, limites }: Partes): Conexiones => {
  const { reloj, planificador } = entorno
  const abiertas = new Set<Estado>()
  const porSesion = new Map<string, number>()

  const contar = (sesion: string | undefined, cuantas: 1 | -1): void => {
    if (sesion === undefined) return
    const ahora = (porSesion.get(sesion) ?? 0) + cuantas
    if (ahora === 0) porSesion.delete(sesion)
    else porSesion.set(sesion, ahora)
  }

  const ronda = (): void => {
    const ahora = reloj.monotono()
    for (const estado of abiertas) revisar(estado, ahora, limites)
    vigilancia = planificador.tras(limites.ronda, ronda)
  }
  let vigilancia = planificador.tras(limites.ronda, ronda)

  return {
    leer: (peticion, desde) => {
      const { headers: cabeceras } = peticion
      const segura = esSegura(peticion)
      if (!origenAdmitido({ cabeceras, segura, permitidos })) return 403
      const { searchParams } = new URL(peticion.url ?? '/', 'http://interfaz')
      const reservas = searchParams.getAll('reserva')
      if (reservas.length > limites.reservasPorEnchufe || !reservas.every((id) => ID_DE_RESERVA.test(id))) return 400
      const sesion = leerSesion(cabeceras, segura)?.id
      if (abiertas.size >= limites.enchufes) return 503
      if (sesion !== undefined && (porSesion.get(sesion) ?? 0) >= limites.enchufesPorSesion) return 429
      return { sesion, reservas, desde: desde ?? searchParams.get('desde') ?? undefined }
    },
    agregar: ({ sesion, reservas, desde }, conexion, salida) => {
      const ahora = reloj.monotono()
      const estado: Estado = { conexion, ultimoAvance: ahora, ultimaSenal: ahora, ultimoPing: ahora }
      abiertas.add(estado)
      contar(sesion, 1)
      const claves = [
        ...(sesion === undefined ? [] : [claveDeSesion(sesion)]),
        ...reservas.map(claveDeReserva),
        ...(emitirTodo ? [PARA_TODOS] : []),
      ]
      // En clase, quien no pide nada es un cliente del tutorial: recibe sus mismas tramas y ninguna otra.
      const comoTutorial = emitirTodo && sesion === undefined && reservas.length === 0 && desde === undefined
      const receptor = reparto.agregar({ claves, comoTutorial, desde }, salida)
      return {
        receptor,
        avance: () => {
          estado.ultimoAvance = reloj.monotono()
          receptor.drenado()
        },
        senal: () => {
          estado.ultimaSenal = reloj.monotono()
        },
        soltar: () => {
          if (!abiertas.delete(estado)) return
          contar(sesion, -1)
          reparto.quitar(receptor)
        },
      }
    },
    medir: () => {
      const bytes = [...abiertas].map(({ conexion }) => conexion.pendientes())
      const bytes_pendientes = bytes.reduce((suma, uno) => suma + uno, 0)
      return { abiertas: abiertas.size, bytes_pendientes, bytes_de_la_mayor: bytes.reduce((a, b) => Math.max(a, b), 0) }
    },
    detener: () => vigilancia.cancelar(),
  }
}

/** Corta lo que no avanza o no responde; a lo demás le pregunta, cada tanto, si sigue ahí. */
const revisar = (estado: Estado, ahora: number, { sinAvance, ping }: LimitesDeUi): void => {
  const { conexion } = estado
  if (conexion.pendientes() === 0) estado.ultimoAvance = ahora
  // Mientras algo sale, el otro lado está; su respuesta puede venir detrás de lo que aún no leyó.
  const vista = conexion.pendientes() === 0 ? estado.ultimaSenal : Math.max(estado.ultimaSenal, estado.ultimoAvance)
  if (ahora - vista > 2 * ping || ahora - estado.ultimoAvance > sinAvance) conexion.cortar()
  else if (ahora - estado.ultimoPing >= ping) {
    estado.ultimoPing = ahora
    conexion.ping()
  }
}
