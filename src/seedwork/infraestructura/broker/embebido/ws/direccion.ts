import type { Inicio, Suscripcion } from '../../puerto.ts'
import { epocaDe, leerId } from './id_de_mensaje.ts'

/** Lo que pide quien abre un enchufe, ya entendido. */
export type Pedido =
  | Readonly<{ clase: 'productor'; topico: string; nombre: string | undefined; secuencia: number | undefined }>
  | Readonly<{
      clase: 'consumidor'
      topico: string
      suscripcion: string
      tipo: Suscripcion['tipo']
      inicio: Inicio
      permisos: number
      retrasoMs: number
      conPermisos: boolean
    }>
  | Readonly<{ clase: 'lector'; topico: string; desde: Inicio; permisos: number }>

/** Por qué no: el estado HTTP con que Pulsar lo diría y la frase. */
export class Negado extends Error {
  readonly estado: number
  constructor(estado: number, frase: string) {
    super(frase)
    this.estado = estado
  }
}

const CLASES: Readonly<Record<string, Pedido['clase']>> = { producer: 'productor', consumer: 'consumidor', reader: 'lector' }
const TIPOS: Readonly<Record<string, Suscripcion['tipo']>> = {
  Exclusive: 'Exclusive',
  Shared: 'Shared',
  Failover: 'Failover',
  Key_Shared: 'Key_Shared',
}
const NOMBRE_MAXIMO = 250
const PERMISOS_MAXIMOS = 1_000
const RETRASO_MS = 60_000

/** `/ws/v2/<clase>/persistent/public/default/<tópico>[/<suscripción>]?…`. Lanza `Negado`. */
export const leerPedido = (url: string): Pedido => {
  const { pathname, searchParams } = direccionDe(url)
  const [, ws, version, clase = '', dominio, ...resto] = pathname.split('/')
  const leida = CLASES[clase]
  if (ws !== 'ws' || version !== 'v2' || leida === undefined || dominio !== 'persistent') throw new Negado(404, 'No existe esa dirección.')
  const [topico = '', suscripcion, sobra] = nombresDe(resto)
  if (topico === '' || sobra !== undefined || (leida === 'consumidor') !== (suscripcion !== undefined))
    throw new Negado(400, 'La dirección no es la de un productor, un consumidor ni un lector.')
  if (leida === 'productor') return productor(topico, searchParams)
  return leida === 'lector' ? lector(topico, searchParams) : consumidor(topico, suscripcion ?? '', searchParams)
}

/** Lo que se pide, sin la máquina. Lanza `Negado` si no es una dirección. */
export const direccionDe = (url: string): URL => {
  const direccion = URL.parse(url, 'http://broker')
  if (direccion === null) throw new Negado(400, 'Eso no es una dirección.')
  return direccion
}

/** El tópico y la suscripción de `public/default/<tópico>[/<suscripción>]`. */
export const nombresDe = ([tenant, namespace, ...nombres]: readonly string[]): readonly string[] => {
  if (tenant !== 'public' || namespace !== 'default') throw new Negado(404, `No existe el namespace ${tenant}/${namespace}.`)
  return nombres.map(decodificar)
}

const decodificar = (escrito: string): string => {
  const nombre = sinFallar(() => decodeURIComponent(escrito))
  if (nombre === undefined || nombre === '' || nombre.length > NOMBRE_MAXIMO) throw new Negado(400, 'Ese nombre no se admite.')
  if (nombre.includes('/')) throw new Negado(500, 'Un nombre no lleva «/».')
  return nombre
}

const sinFallar = <T>(que: () => T): T | undefined => {
  try {
    return que()
  } catch {
    return undefined
  }
}

const productor = (topico: string, consulta: URLSearchParams): Pedido => ({
  clase: 'productor',
  topico,
  nombre: consulta.get('producerName') || undefined,
  secuencia: entero(consulta, 'initialSequenceId', { minimo: -1 }),
})

const consumidor = (topico: string, suscripcion: string, consulta: URLSearchParams): Pedido => ({
  clase: 'consumidor',
  topico,
  suscripcion,
  tipo: uno(consulta, 'subscriptionType', TIPOS, 'Exclusive'),
  inicio: uno(consulta, 'subscriptionInitialPosition', { Earliest: 'primero', Latest: 'ultimo' } as const, 'Latest'),
  permisos: permisosDe(consulta),
  retrasoMs: entero(consulta, 'negativeAckRedeliveryDelay', { minimo: 0 }) ?? RETRASO_MS,
  conPermisos: uno(consulta, 'pullMode', { true: true, false: false } as const, 'false'),
})

const lector = (topico: string, consulta: URLSearchParams): Pedido => ({
  clase: 'lector',
  topico,
  desde: inicioDe(consulta.get('messageId') ?? 'latest'),
  permisos: permisosDe(consulta),
})

/** Cuántos mensajes sin acusar: 0 y 1 son lo mismo, y más de mil son mil. */
const permisosDe = (consulta: URLSearchParams): number =>
  Math.max(1, Math.min(entero(consulta, 'receiverQueueSize', { minimo: 0 }) ?? PERMISOS_MAXIMOS, PERMISOS_MAXIMOS))

const inicioDe = (texto: string): Inicio => {
  if (texto === 'earliest') return 'primero'
  if (texto === 'latest') return 'ultimo'
  const id = leerId(texto)
  if (id === undefined) throw new Negado(400, `messageId=${texto} no es un identificador de mensaje.`)
  return { posicion: `${epocaDe(id.ledger)}.${id.entrada}` }
}

const entero = (consulta: URLSearchParams, nombre: string, { minimo }: Readonly<{ minimo: number }>): number | undefined => {
  const texto = consulta.get(nombre)
  if (texto === null) return undefined
  const valor = /^-?\d{1,15}$/.test(texto) ? Number(texto) : Number.NaN
  if (!(valor >= minimo)) throw new Negado(400, `${nombre}=${texto} no es un número de ${minimo} en adelante.`)
  return valor
}

const uno = <T>(consulta: URLSearchParams, nombre: string, valores: Readonly<Record<string, T>>, defecto: string): T => {
  const texto = consulta.get(nombre) ?? defecto
  const valor = Object.hasOwn(valores, texto) ? valores[texto] : undefined
  if (valor === undefined) throw new Negado(400, `${nombre}=${texto} no se admite: ${Object.keys(valores).join(', ')}.`)
  return valor
}
