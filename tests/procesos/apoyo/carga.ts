import { unaCompra, unPasajero } from '../../apoyo/ofertas.ts'
import { hastaQue } from './hechos.ts'

/** Qué se supo de un intento: `ok` se aceptó; `fallo` no se hizo; `desconocido` se cortó antes de la respuesta. */
export type Desenlace = 'pendiente' | 'ok' | 'fallo' | 'desconocido'
export type Hace = 'crear' | 'pedir' | 'aprobar' | 'pagar' | 'cancelar'

/** Una línea del diario: se anota antes de enviar y se completa con la respuesta. `id` viaja como correlación y como nombre del pasajero. */
export type Intento = {
  readonly id: string
  readonly hace: Hace
  readonly quien: string | null
  readonly llave: boolean
  /** La reserva sobre la que actúa, o la que la respuesta nombró. */
  id_reserva: string | null
  id_operacion: string | null
  desenlace: Desenlace
}

export type Diario = Intento[]

/** `X-Actor` de cada viajero. */
export type Firmas = Readonly<Record<string, string>>

export type Contexto = Readonly<{
  diario: Diario
  azar: () => number
  firmas: Firmas
  /** Con ofertas, de cada tres reservas una es de una oferta. */
  ofertas?: readonly string[]
  /** Ve cada intento antes de que se envíe y otra vez al saberse de él. */
  anotar?: (intento: Intento) => void
}>
export type Vida = Readonly<{ api: string; terminado: () => boolean }>

/** Una respuesta que no llega en este plazo no llegará. */
const PLAZO_MS = 15_000
const EN_VUELO = 8

const PEDIDO = {
  itinerarios: [
    {
      odos: [
        {
          segmentos: [
            {
              legs: [
                {
                  fecha_salida: '2022-11-22T13:10:00Z',
                  fecha_llegada: '2022-11-22T15:10:00Z',
                  origen: { codigo: 'BOG', nombre: 'El Dorado' },
                  destino: { codigo: 'JFK', nombre: 'John F. Kennedy' },
                },
              ],
            },
          ],
        },
      ],
    },
  ],
}

/** Un pedido de reserva cuyo pasajero se llama como quien lo pide. */
export const pedidoDe = (nombre: string): object => ({ ...PEDIDO, pasajeros: [{ nombre, tipo: 'ADULTO', clase: 'ECONOMICA' }] })

const esDesconocidoConLlave = ({ desenlace, llave }: Intento): boolean => desenlace === 'desconocido' && llave

/** Pide sin parar a una vida del servidor, ocho a la vez, hasta que termine o se hayan anotado `maximo` intentos más. */
export const cargar = async (contexto: Contexto, vida: Vida, maximo = Number.POSITIVE_INFINITY): Promise<void> => {
  const { diario } = contexto
  const tope = diario.length + maximo
  const repetir = diario.filter(esDesconocidoConLlave)
  const turno = async (): Promise<void> => {
    while (!vida.terminado() && (repetir.length > 0 || diario.length < tope)) {
      const intento = repetir.pop() ?? nuevoIntento(contexto)
      if (!(await intentar(contexto, vida, intento))) return
    }
  }
  await Promise.all(Array.from({ length: EN_VUELO }, turno))
}

/** Repite, con su misma llave, cada intento cuyo resultado no se supo, hasta saberlo. */
export const repetirDesconocidos = async (contexto: Contexto, vida: Vida): Promise<void> => {
  const seSupo = async (intento: Intento): Promise<boolean> => {
    await intentar(contexto, vida, intento)
    return !esDesconocidoConLlave(intento)
  }
  for (const intento of contexto.diario.filter(esDesconocidoConLlave))
    await hastaQue(`que se sepa de ${intento.hace} ${intento.id}`, () => seSupo(intento))
}

const elegir = <T>(azar: () => number, opciones: readonly T[]): T => opciones[Math.floor(azar() * opciones.length)] as T

const HACE: readonly Hace[] = ['crear', 'crear', 'crear', 'pedir', 'pedir', 'pedir', 'aprobar', 'aprobar', 'pagar', 'cancelar']
/** De cuántas de las últimas reservas se elige la que cambia: unas completan su camino y en otras dos cambios compiten. */
const RECIENTES = 12

const esReservaAceptada = ({ hace, desenlace }: Intento): boolean => desenlace === 'ok' && (hace === 'crear' || hace === 'pedir')

const nuevoIntento = ({ diario, azar, firmas, anotar }: Contexto): Intento => {
  const creadas = diario
    .slice(-10 * RECIENTES)
    .filter(esReservaAceptada)
    .slice(-RECIENTES)
  const hace = creadas.length === 0 ? elegir(azar, ['crear', 'pedir'] as const) : elegir(azar, HACE)
  const sobre = hace === 'crear' || hace === 'pedir' ? undefined : elegir(azar, creadas)
  const intento: Intento = {
    id: `i-${diario.length}`,
    hace,
    quien: sobre === undefined ? elegir(azar, [null, ...Object.keys(firmas)]) : sobre.quien,
    llave: azar() < 0.5,
    id_reserva: sobre?.id_reserva ?? null,
    id_operacion: null,
    desenlace: 'pendiente',
  }
  diario.push(intento)
  anotar?.(intento)
  return intento
}

const caminoDe = ({ hace, id_reserva }: Intento): string => {
  if (hace === 'crear') return '/vuelos/reserva'
  return hace === 'pedir' ? '/vuelos/reserva-comando' : `/vuelos/reserva/${id_reserva}/${hace}`
}

/** Con la misma oferta cada vez que se repita. */
const compraDe = ({ ofertas = [] }: Contexto, { id, hace }: Intento): object | undefined => {
  const cual = Number(id.slice(2))
  const id_oferta = ofertas[cual % ofertas.length]
  if (id_oferta === undefined || cual % 3 > 0 || (hace !== 'crear' && hace !== 'pedir')) return undefined
  return unaCompra({ id_oferta }, { pasajeros: [unPasajero({ nombre: id })] })
}

const cuerpoDe = (contexto: Contexto, intento: Intento): object | null => {
  const { id, hace } = intento
  if (hace === 'crear' || hace === 'pedir') return compraDe(contexto, intento) ?? pedidoDe(id)
  return hace === 'cancelar' ? { motivo: `motivo ${id}` } : null
}

const cabecerasDe = ({ firmas }: Contexto, { id, quien, llave }: Intento, cuerpo: object | null): Record<string, string> => ({
  'x-correlation-id': id,
  ...(cuerpo !== null && { 'content-type': 'application/json' }),
  ...(quien !== null && { 'x-actor': firmas[quien] ?? '' }),
  ...(llave && { 'idempotency-key': `llave-${id}` }),
})

type Respuesta = Readonly<{ id?: string; id_reserva?: string; id_operacion?: string; codigo?: string }>

/** Envía el intento y anota qué se supo de él. `false` si ya no hay quien atienda. Lanza si la respuesta no es ni un sí ni un «ahora no». */
const intentar = async (contexto: Contexto, { api }: Vida, intento: Intento): Promise<boolean> => {
  const cuerpo = cuerpoDe(contexto, intento)
  const peticion = {
    method: 'POST',
    headers: cabecerasDe(contexto, intento, cuerpo),
    body: cuerpo === null ? null : JSON.stringify(cuerpo),
    signal: AbortSignal.timeout(PLAZO_MS),
  }
  const respuesta = await fetch(`${api}${caminoDe(intento)}`, peticion)
    .then(async (r) => ({ estado: r.status, cuerpo: (await r.json()) as Respuesta }))
    .catch((error: unknown) => (seNegoLaConexion(error) ? 'nadie' : 'cortada'))
  const negada = typeof respuesta === 'object' && esNegativa(respuesta)
  // Lo que vendió otro: los asientos se acaban y los precios cambian.
  if (negada && compraDe(contexto, intento) !== undefined) intento.desenlace = 'fallo'
  else if (typeof respuesta === 'object') anotar(intento, respuesta.estado, respuesta.cuerpo)
  else if (intento.desenlace === 'pendiente') intento.desenlace = respuesta === 'nadie' ? 'fallo' : 'desconocido'
  contexto.anotar?.(intento)
  return typeof respuesta === 'object'
}

/** Dice que no se hizo, ni se hará. Mientras el primero en traer su llave espera, todavía pudo hacerse. */
const esNegativa = ({ estado, cuerpo }: Readonly<{ estado: number; cuerpo: Respuesta }>): boolean =>
  estado >= 400 && estado < 500 && cuerpo.codigo !== 'peticion_en_curso'

/** Una negativa habla de esta vez: lo que ya era desconocido lo sigue siendo. */
const anotar = (intento: Intento, estado: number, { codigo, ...respuesta }: Respuesta): void => {
  // Con la misma llave, quien la trajo antes sigue esperando su resultado: tampoco se sabe todavía.
  if (estado === 503 || codigo === 'peticion_en_curso') {
    if (intento.desenlace === 'pendiente') intento.desenlace = codigo === 'resultado_desconocido' ? 'desconocido' : 'fallo'
    return
  }
  if (estado !== 200 && estado !== 202) throw new Error(`${intento.hace} ${intento.id}: ${estado} ${codigo}`)
  intento.desenlace = 'ok'
  intento.id_reserva = respuesta.id ?? respuesta.id_reserva ?? null
  intento.id_operacion = respuesta.id_operacion ?? null
}

const seNegoLaConexion = (error: unknown): boolean => {
  const causa = error instanceof Error ? error.cause : undefined
  return causa instanceof Error && 'code' in causa && causa.code === 'ECONNREFUSED'
}
