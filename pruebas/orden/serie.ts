/** Comprueba, sin usar nada del producto, que lo que se le dijo a cada quien de una reserva tiene un orden en serie que lo explica. */

export const VERBOS = ['aprobar', 'pagar', 'cancelar'] as const
export type Verbo = (typeof VERBOS)[number]
export type Estado = 'PENDIENTE' | 'APROBADA' | 'PAGADA' | 'CANCELADA'

/**
 * Un comando y lo que se le dijo a quien lo pidió: que se hizo; que no, por el estado en que la reserva estaba; o que se dejó sin hacer
 * porque otro se cruzó. `desde` y `hasta` son cuándo lo pidió y cuándo lo supo, en un mismo reloj.
 */
export type Hecha = Readonly<{
  id: string
  via: string
  verbo: Verbo
  dicho: 'ok' | 'abortada' | Readonly<{ estaba: Estado }>
  desde: number
  hasta: number
}>

export type Evento = Readonly<{ tipo: string; version: number; causa: string }>

export type Historia = Readonly<{
  id: string
  hechas: readonly Hecha[]
  /** En el orden del log. El primero es el de su creación. */
  eventos: readonly Evento[]
  /** Como quedó guardada. */
  reserva: Readonly<{ version: number; estado: string }> | undefined
}>

const LLEGA: Readonly<Record<Estado, Partial<Readonly<Record<Verbo, Estado>>>>> = {
  PENDIENTE: { aprobar: 'APROBADA', cancelar: 'CANCELADA' },
  APROBADA: { pagar: 'PAGADA', cancelar: 'CANCELADA' },
  PAGADA: { cancelar: 'CANCELADA' },
  CANCELADA: {},
}

const EVENTO: Readonly<Record<Verbo, string>> = { aprobar: 'ReservaAprobada', pagar: 'ReservaPagada', cancelar: 'ReservaCancelada' }
const ESTADO: Readonly<Record<string, Estado>> = {
  ReservaCreada: 'PENDIENTE',
  ReservaAprobada: 'APROBADA',
  ReservaPagada: 'PAGADA',
  ReservaCancelada: 'CANCELADA',
}

/** Lo que no tiene explicación, una frase por cosa. Ninguna si hay un orden en serie, el de los eventos, que respeta el del tiempo. */
export const anomalias = (historia: Historia): readonly string[] => {
  const { id, eventos, reserva } = historia
  const versiones = eventos.map(({ version }) => version)
  const ultimo = ESTADO[eventos.at(-1)?.tipo ?? '']
  const seguidas = versiones.every((version, i) => version === i + 1)
  const alDia = reserva?.version === eventos.length && reserva.estado === ultimo
  return [
    ...(seguidas ? [] : [`los eventos de ${id} tienen versiones ${versiones}`]),
    ...(alDia ? [] : [`${id} quedó ${reserva?.estado} v${reserva?.version} y sus eventos dicen ${ultimo} v${eventos.length}`]),
    ...unoPorHecha(historia),
    ...(tieneOrden(historia) ? [] : [`ningún orden explica ${id}: ${contada(historia)}`]),
  ]
}

/** Cada comando hecho produjo un evento, el suyo; los demás, ninguno. */
const unoPorHecha = ({ id, hechas, eventos }: Historia): readonly string[] => {
  const hechos = hechas.filter(({ dicho }) => dicho === 'ok').map((hecha) => `${EVENTO[hecha.verbo]} ${hecha.id}`)
  const ocurridos = eventos.slice(1).map(({ tipo, causa }) => `${tipo} ${causa}`)
  return hechos.toSorted().join() === ocurridos.toSorted().join()
    ? []
    : [`de ${id} se dijo que se hicieron ${hechos.length} cosas y ocurrieron ${ocurridos.length}, u otras`]
}

/** Si hay un orden en que cada comando dice lo que se dijo de él. El que terminó antes de que otro se pidiera va antes. */
const tieneOrden = ({ hechas, eventos }: Historia): boolean => {
  const todas = hechas.filter(({ dicho }) => dicho !== 'abortada')
  const vistas = new Set<number>()
  const seguir = (puestas: number, cuantosOk: number): boolean => {
    if (puestas === 2 ** todas.length - 1) return true
    if (vistas.has(puestas)) return false
    vistas.add(puestas)
    const faltan = todas.filter((_, i) => (puestas & (1 << i)) === 0)
    const plazo = Math.min(...faltan.map(({ hasta }) => hasta))
    const estado = ESTADO[eventos[cuantosOk]?.tipo ?? '']
    return todas.some((hecha, i) => {
      if ((puestas & (1 << i)) !== 0 || hecha.desde > plazo || estado === undefined) return false
      if (!cabe(hecha, estado, eventos[cuantosOk + 1])) return false
      return seguir(puestas | (1 << i), cuantosOk + (hecha.dicho === 'ok' ? 1 : 0))
    })
  }
  return seguir(0, 0)
}

const cabe = ({ id, verbo, dicho }: Hecha, estado: Estado, siguiente: Evento | undefined): boolean => {
  const llega = LLEGA[estado][verbo]
  if (dicho === 'ok') return llega !== undefined && siguiente?.causa === id && ESTADO[siguiente.tipo] === llega
  return llega === undefined && dicho !== 'abortada' && dicho.estaba === estado
}

const contada = ({ hechas, eventos }: Historia): string => {
  const dichas = hechas.map(({ verbo, via, dicho }) => `${verbo} por ${via} ${typeof dicho === 'string' ? dicho : `no, ${dicho.estaba}`}`)
  return `${dichas.join('; ')}. Eventos: ${eventos.map(({ tipo, version }) => `${tipo} v${version}`).join(', ')}`
}
