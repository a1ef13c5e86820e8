import type { Clase, Falta, Fila, Historia, Intento, Ley, Mensaje, Restos } from './historia.ts'

export const EVENTOS = 'eventos-reserva'
const COMANDOS = 'comandos-reserva'
export const OPERACIONES = 'eventos-operacion'

/** El correo espera por la API: muertes seguidas desde fuera pueden encontrarlo tres veces a medias, y a la tercera se aparta (no se pierde). */
export const MATABLE = 'eventos-reserva-sub-notificacion-eventos-reservas-DLQ'

/** Cómo se dice que una ley se rompió. */
export const falta =
  (ley: Ley, clase: Clase) =>
  (que: string): Falta => ({ ley, clase, que })

export const agrupar = <T>(cosas: readonly T[], por: (cosa: T) => unknown): ReadonlyMap<unknown, readonly T[]> => Map.groupBy(cosas, por)
export const deTopico = ({ log }: Pick<Restos, 'log'>, topico: string): readonly Mensaje[] =>
  log.filter((mensaje) => mensaje.topico === topico)
export const repetidos = (cosas: readonly string[]): readonly string[] =>
  [...agrupar(cosas, (cosa) => cosa).values()].flatMap((veces) => (veces.length > 1 ? veces.slice(0, 1) : []))
const sinOrden = (textos: readonly string[]): string => [...textos].sort().join(', ')

/** Lo que la base y los tópicos cuentan, frente a lo que se pidió. */
export const leyesDeAdentro = (historia: Historia): readonly Falta[] => [
  ...(historia.integridad === 'ok' ? [] : [falta('L6', 'inexplicado')(`el archivo está dañado: ${historia.integridad}`)]),
  ...(historia.contradicciones ?? []).map(falta('L1', 'inexplicado')),
  ...sinRepetidos(historia),
  ...intentosCumplidos(historia),
  ...comandosTerminados(historia),
  ...historiasDeReservas(historia),
  ...reflejos(historia),
  ...efectosUnaVez(historia),
  ...asientosJustos(historia),
]

/** L2: ningún mensaje está dos veces, ni apartado. */
const sinRepetidos = ({ log }: Restos): readonly Falta[] => [
  ...repetidos(log.map(({ topico, id }) => `${topico} ${id}`)).map((cual) => falta('L2', 'duplicado')(`${cual} está repetido`)),
  ...log
    .filter(({ topico }) => topico.endsWith('-DLQ') && topico !== MATABLE)
    .map(({ topico, id }) => falta('L2', 'perdido')(`${id} está apartado en ${topico}`)),
]

/** L1: lo aceptado quedó una vez, con los identificadores de la respuesta; lo negado, ninguna; lo desconocido, una o ninguna. */
const intentosCumplidos = (historia: Historia): readonly Falta[] => {
  const { diario } = historia
  // Lo que alguien pidió no tiene más causa que su pedido; lo que después pide la saga, sí.
  const pedido = ({ causa, correlacion }: Mensaje) => causa === correlacion
  const creadas = deTopico(historia, EVENTOS).filter((mensaje) => mensaje.tipo === 'ReservaCreada' && pedido(mensaje))
  const hechos = agrupar([...creadas, ...deTopico(historia, COMANDOS).filter(pedido)], ({ correlacion }) => correlacion)
  const conocidos = new Set(diario.map(({ id }) => id))
  const ajenos = [...hechos.keys()].filter((id) => !conocidos.has(String(id))).map((id) => falta('L1', 'inexplicado')(`nadie pidió ${id}`))
  return [...ajenos, ...diario.flatMap((intento) => intentoCumplido(intento, hechos.get(intento.id) ?? []))]
}

const VECES = { pendiente: [], ok: [1], fallo: [0], desconocido: [0, 1] } as const

const intentoCumplido = (intento: Intento, hechos: readonly Mensaje[]): readonly Falta[] => {
  const { id, hace, llave, desenlace, id_reserva, id_operacion } = intento
  const quien = `${hace} ${id} (${desenlace}${llave ? ', con llave' : ''})`
  if (llave && desenlace === 'desconocido') return [falta('L1', 'inexplicado')(`${quien} se repitió y nunca se supo`)]
  if (!(VECES[desenlace] as readonly number[]).includes(hechos.length)) {
    const clase = hechos.length > 1 ? 'duplicado' : hechos.length === 1 ? 'inexplicado' : 'perdido'
    return [falta('L1', clase)(`${quien} quedó ${hechos.length} veces`)]
  }
  const otro = hechos.find((hecho) => desenlace === 'ok' && (hecho.llave !== id_reserva || (id_operacion ?? hecho.id) !== hecho.id))
  if (otro === undefined) return []
  return [falta('L1', 'inexplicado')(`${quien} respondió ${id_reserva} ${id_operacion} y quedó ${otro.llave} ${otro.id}`)]
}

const EVENTO_DE: Readonly<Record<string, string>> = {
  CrearReserva: 'ReservaCreada',
  AprobarReserva: 'ReservaAprobada',
  PagarReserva: 'ReservaPagada',
  CancelarReserva: 'ReservaCancelada',
}

/** L1: cada comando tiene una operación terminada, anunciada una vez; y no hay operaciones sin comando. L2: el evento que dice, una vez. */
const comandosTerminados = (historia: Historia): readonly Falta[] => {
  const comandos = deTopico(historia, COMANDOS)
  const operaciones = new Map(historia.operaciones.map((fila) => [fila.id, fila]))
  const anuncios = agrupar(deTopico(historia, OPERACIONES), ({ data }) => data.id_operacion)
  const eventos = agrupar(deTopico(historia, EVENTOS), ({ causa }) => causa)
  const ids = new Set(comandos.map(({ id }) => id))
  const huerfanas = [...operaciones.keys(), ...anuncios.keys()].filter((id) => !ids.has(String(id)))
  return [
    ...huerfanas.map((id) => falta('L1', 'inexplicado')(`${id} no tiene comando`)),
    ...comandos.flatMap(({ id, tipo }) =>
      comandoTerminado({ id, tipo, fila: operaciones.get(id), anuncios: anuncios.get(id) ?? [], eventos: eventos.get(id) ?? [] }),
    ),
  ]
}

type DeUnComando = Readonly<{
  id: string
  tipo: string
  fila: Fila | undefined
  anuncios: readonly Mensaje[]
  eventos: readonly Mensaje[]
}>

const comandoTerminado = ({ id, tipo, fila, anuncios, eventos }: DeUnComando): readonly Falta[] => {
  const estado = fila?.estado
  const dichos = anuncios.map(({ data }) => String(data.estado))
  const ocurridos = eventos.map((evento) => evento.tipo)
  const debidos = estado === 'completada' ? [EVENTO_DE[tipo]] : []
  const vez = (hay: number, debe: number): Clase => (hay > debe ? 'duplicado' : hay < debe ? 'perdido' : 'inexplicado')
  if (estado !== 'completada' && estado !== 'fallida') return [falta('L1', 'perdido')(`la operación ${id} no terminó: ${estado}`)]
  return [
    ...(dichos.length === 1 && dichos[0] === estado
      ? []
      : [falta('L1', vez(dichos.length, 1))(`la operación ${id} terminó ${estado} y se anunció «${dichos}»`)]),
    ...(String(ocurridos) === String(debidos)
      ? []
      : [falta('L2', vez(ocurridos.length, debidos.length))(`${tipo} ${id} terminó ${estado} y produjo «${ocurridos}»`)]),
    ...(fila?.eventos === JSON.stringify(debidos) ? [] : [falta('L6', 'inexplicado')(`la operación ${id} no dice lo que ocurrió`)]),
  ]
}

/** Qué puede seguir a cada estado. */
const SIGUE: Readonly<Record<string, readonly string[]>> = {
  '': ['PENDIENTE'],
  PENDIENTE: ['APROBADA', 'CANCELADA'],
  APROBADA: ['PAGADA', 'CANCELADA'],
  PAGADA: ['CANCELADA'],
  CANCELADA: [],
}

/** L3: los eventos de cada reserva tienen versiones 1, 2, 3… y cada estado puede seguir al anterior. L6: la reserva es como su último evento. */
const historiasDeReservas = (historia: Historia): readonly Falta[] => {
  const historias = agrupar(deTopico(historia, EVENTOS), ({ llave }) => llave)
  const reservas = new Map(historia.reservas.map((fila) => [fila.id, fila]))
  return [...new Set([...historias.keys(), ...reservas.keys()])].flatMap((id) => {
    const suya = historias.get(id) ?? []
    const versiones = suya.map(({ data }) => Number(data.version))
    const estados = ['', ...suya.map(({ data }) => String(data.estado))]
    const seSiguen = estados.every((estado, i) => i === 0 || SIGUE[estados[i - 1] ?? '']?.includes(estado))
    const reserva = reservas.get(String(id))
    const pasajero = JSON.parse(String(reserva?.pasajeros ?? '[{}]'))[0]?.nombre
    // Lo que las versiones cuentan, en el orden que sea que hayan llegado.
    const contada = suya.toSorted((uno, otro) => Number(uno.data.version) - Number(otro.data.version))
    const [version, estado] = [Number(contada.at(-1)?.data.version ?? 0), String(contada.at(-1)?.data.estado ?? '')]
    const creadaPor = contada[0]?.correlacion
    return [
      ...(versiones.every((cada, i) => cada === i + 1)
        ? []
        : [falta('L3', 'desorden')(`los eventos de ${id} tienen versiones ${versiones}`)]),
      ...(seSiguen ? [] : [falta('L3', 'desorden')(`${id} pasó por ${estados}`)]),
      ...(reserva?.version === version && reserva.estado === estado
        ? []
        : [
            falta(
              'L6',
              reserva === undefined ? 'perdido' : 'inexplicado',
            )(`${id} está ${reserva?.estado} v${reserva?.version} y sus eventos dicen ${estado} v${version}`),
          ]),
      ...(pasajero === creadaPor || reserva === undefined
        ? []
        : [falta('L6', 'inexplicado')(`${id} guarda el pedido ${pasajero} y la creó ${creadaPor}`)]),
    ]
  })
}

const lineas = (filas: readonly Fila[], campos: readonly string[]): string =>
  sinOrden(filas.map((fila) => campos.map((c) => fila[c]).join(' ')))

/** La sesión de un navegador sin cuenta: sus reservas son suyas, y no tiene historial. */
const SIN_CUENTA = /^sesion-/

/** L6: el modelo de las listas y el historial de los clientes dicen lo mismo que las reservas, que dicen lo mismo que el log. */
const reflejos = ({ reservas, resumen, historial }: Restos): readonly Falta[] => {
  const conHistorial = ({ id_cliente }: Fila): boolean => id_cliente !== null && !SIN_CUENTA.test(String(id_cliente))
  const deClientes = reservas.filter(conHistorial).map((fila) => ({ ...fila, id_reserva: fila.id ?? null }))
  const enLista = ['id', 'id_cliente', 'estado']
  const enHistorial = ['id_cliente', 'id_reserva', 'estado', 'version']
  const distinto = falta('L6', 'inexplicado')
  return [
    ...(lineas(resumen, enLista) === lineas(reservas, enLista) ? [] : [distinto('el resumen no es el de las reservas')]),
    ...(lineas(historial, enHistorial) === lineas(deClientes, enHistorial)
      ? []
      : [distinto('el historial de los clientes no es el de sus reservas')]),
  ]
}

/** L2: cada consumidor anotó cada mensaje suyo, una vez, y ninguno más. */
const efectosUnaVez = (historia: Historia): readonly Falta[] => {
  const debidos = new Set([
    ...deTopico(historia, COMANDOS).map(({ id }) => `aeroalpes-sub-comandos ${id}`),
    ...deTopico(historia, EVENTOS).flatMap(({ id }) => [`aeroalpes-sub-eventos ${id}`, `aeroalpes-saga-reservas ${id}`]),
  ])
  const anotados = new Set(historia.inbox)
  return [
    ...repetidos(historia.inbox).map((cual) => falta('L2', 'duplicado')(`dos veces en el inbox: ${cual}`)),
    ...[...debidos].filter((cual) => !anotados.has(cual)).map((cual) => falta('L2', 'perdido')(`falta en el inbox: ${cual}`)),
    ...[...anotados].filter((cual) => !debidos.has(cual)).map((cual) => falta('L2', 'inexplicado')(`sobra en el inbox: ${cual}`)),
  ]
}

type Odos = readonly Readonly<{ segmentos: readonly Readonly<{ legs: readonly unknown[] }>[] }>[]

/** L5: está vendido un asiento por pasajero y vuelo de cada reserva de oferta que sigue en pie, y ninguno más. */
const asientosJustos = ({ reservas, vendidos }: Restos): readonly Falta[] => {
  const debidos = reservas
    .filter(({ venta, estado }) => venta !== null && estado !== 'CANCELADA')
    .map(({ itinerarios, pasajeros }) => {
      const odos = (JSON.parse(String(itinerarios)) as Readonly<{ odos: Odos }>[]).flatMap((itinerario) => itinerario.odos)
      const legs = odos.flatMap(({ segmentos }) => segmentos.flatMap((segmento) => segmento.legs))
      return legs.length * JSON.parse(String(pasajeros)).length
    })
  const sumar = (cuantos: readonly number[]): number => cuantos.reduce((total, uno) => total + uno, 0)
  const [hay, debe] = [sumar(vendidos), sumar(debidos)]
  return hay === debe
    ? []
    : [falta('L5', hay > debe ? 'duplicado' : 'perdido')(`hay ${hay} asientos vendidos y las reservas son de ${debe}`)]
}
