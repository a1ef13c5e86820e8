/** Qué debe pasar con una reserva de oferta en cada orden: un modelo aparte, que no usa nada del producto. */

/**
 * `entrega`: llega lo primero que espera cada consumidor, el comando y el hecho. `vence`: pasa el tiempo en que la aerolínea responde.
 * `repite`: lo último que se publicó de la reserva se publica otra vez. Lo demás lo pide alguien.
 */
export const PASOS = ['aprobar', 'pagar', 'cancelar', 'vence', 'repite', 'entrega'] as const
export type Paso = (typeof PASOS)[number]
export type Orden = readonly Paso[]
export type Modo = 'acepta' | 'rechaza'

type Verbo = 'aprobar' | 'pagar' | 'cancelar'
type Estado = 'PENDIENTE' | 'APROBADA' | 'PAGADA' | 'CANCELADA'

/** Lo que el modelo sabe. Las colas son lo publicado que cada consumidor no ha recibido. */
type Mundo = {
  estado: Estado
  saga: 'sin empezar' | 'esperando' | 'resuelta'
  comandos: (Verbo | 'repetido')[]
  hechos: ('ReservaCreada' | 'otro' | 'repetido')[]
  eventos: string[]
  pedidos: number
}

export type Previsto = Readonly<{ estado: Estado; eventos: readonly string[]; pedidos: number; visitados: readonly string[] }>

const LLEGA: Readonly<Record<Estado, Partial<Readonly<Record<Verbo, Estado>>>>> = {
  PENDIENTE: { aprobar: 'APROBADA', cancelar: 'CANCELADA' },
  APROBADA: { pagar: 'PAGADA', cancelar: 'CANCELADA' },
  PAGADA: { cancelar: 'CANCELADA' },
  CANCELADA: {},
}
const EVENTO = { aprobar: 'ReservaAprobada', pagar: 'ReservaPagada', cancelar: 'ReservaCancelada' } as const

const pedir = (mundo: Mundo, verbo: Verbo): void => {
  mundo.comandos.push(verbo)
  mundo.pedidos++
}

const cumplir = (mundo: Mundo, verbo: Verbo): void => {
  const llega = LLEGA[mundo.estado][verbo]
  if (llega === undefined) return
  mundo.estado = llega
  mundo.eventos.push(EVENTO[verbo])
  mundo.hechos.push('otro')
}

const saber = (mundo: Mundo, hecho: Mundo['hechos'][number]): void => {
  if (hecho === 'otro') mundo.saga = 'resuelta'
  if (hecho === 'ReservaCreada' && mundo.saga === 'sin empezar') mundo.saga = 'esperando'
}

const dar = (mundo: Mundo, paso: Paso, modo: Modo): void => {
  if (paso === 'entrega') {
    const [comando, hecho] = [mundo.comandos.shift(), mundo.hechos.shift()]
    if (comando !== undefined && comando !== 'repetido') cumplir(mundo, comando)
    if (hecho !== undefined) saber(mundo, hecho)
  } else if (paso === 'vence') {
    if (mundo.saga !== 'esperando') return
    mundo.saga = 'resuelta'
    pedir(mundo, modo === 'acepta' ? 'aprobar' : 'cancelar')
  } else if (paso === 'repite') {
    mundo.hechos.push('repetido')
    if (mundo.pedidos > 0) mundo.comandos.push('repetido')
  } else pedir(mundo, paso)
}

/** Lo que tiene que quedar después del orden y de dejarlo terminar, y los estados por los que pasa. */
export const prever = (orden: Orden, modo: Modo): Previsto => {
  const mundo: Mundo = {
    ...{ estado: 'PENDIENTE', saga: 'sin empezar', pedidos: 0 },
    ...{ comandos: [], hechos: ['ReservaCreada'], eventos: ['ReservaCreada'] },
  }
  const visitados: string[] = []
  const seguir = (paso: Paso): void => {
    dar(mundo, paso, modo)
    const { estado, saga, comandos, hechos } = mundo
    visitados.push([modo, estado, saga, comandos, hechos].join(' | '))
  }
  const saldar = (): void => {
    while (mundo.comandos.length + mundo.hechos.length > 0) seguir('entrega')
  }
  for (const paso of orden) seguir(paso)
  saldar()
  seguir('vence')
  saldar()
  return { estado: mundo.estado, eventos: mundo.eventos, pedidos: mundo.pedidos, visitados }
}

/** Todos los órdenes de hasta `hondo` pasos. */
export const ordenes = (hondo: number): readonly Orden[] => {
  if (hondo === 0) return [[]]
  const menores = ordenes(hondo - 1)
  const mayores = menores.filter(({ length }) => length === hondo - 1).flatMap((orden) => PASOS.map((paso) => [...orden, paso]))
  return [...menores, ...mayores]
}
