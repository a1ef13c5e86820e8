import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import avro from 'avsc'
import type { Diario, Intento } from './carga.ts'

/**
 * Un comprobador que no usa nada del producto: lee el archivo del almacén con SQL y los mensajes con avsc y los esquemas que el propio
 * archivo guarda, y dice qué leyes no se cumplen después de haber matado y vuelto a arrancar el proceso.
 */

type Datos = Readonly<Record<string, unknown>>

/** Una fila del log, leída. `data` es lo que el mensaje dice. */
type Mensaje = Readonly<{
  topico: string
  id: string
  llave: string
  tipo: string
  correlacion: string
  causa: string
  data: Datos
}>

type Fila = Readonly<Record<string, string | number | null>>

/** Lo que quedó en el archivo. */
export type Restos = Readonly<{
  log: readonly Mensaje[]
  reservas: readonly Fila[]
  resumen: readonly Fila[]
  historial: readonly Fila[]
  operaciones: readonly Fila[]
  inbox: readonly string[]
  /** Por cabina de cada vuelo. */
  vendidos: readonly number[]
  integridad: string
}>

const ARCHIVO = 'aeroalpes.db'
const EVENTOS = 'eventos-reserva'
const COMANDOS = 'comandos-reserva'
const OPERACIONES = 'eventos-operacion'

export const leerRestos = (carpeta: string): Restos =>
  leyendo(carpeta, (filas) => ({
    log: leerLog(carpeta),
    ...tablasDe(Object.fromEntries(Object.entries(TABLAS).map(([tabla, sql]) => [tabla, filas(sql)]))),
    integridad: String(Object.values(filas('PRAGMA integrity_check')[0] ?? {})[0]),
  }))

/** Los mensajes del log que hay en una carpeta, con los esquemas que ese mismo archivo guarda. */
export const leerLog = (carpeta: string): readonly Mensaje[] =>
  leyendo(carpeta, (filas) => {
    const esquemas = new Map(filas('SELECT dataschema, esquema FROM esquemas').map((f) => [f.dataschema, tipoDe(String(f.esquema))]))
    return filas('SELECT * FROM outbox ORDER BY posicion').map(leerMensaje(esquemas))
  })

/** Lo que se mira de cada tabla. */
export const TABLAS = {
  reservas: 'SELECT id, version, estado, id_cliente, pasajeros, itinerarios, venta FROM reservas',
  resumen: 'SELECT id, id_cliente, estado FROM resumen_reservas',
  historial: 'SELECT id_cliente, id_reserva, estado, version FROM historial_cliente',
  operaciones: 'SELECT id, comando, sujeto, estado, eventos FROM operaciones',
  inbox: 'SELECT consumidor, id_mensaje FROM inbox',
  asientos: 'SELECT vendidos FROM asientos',
} as const

export const tablasDe = ({
  inbox = [],
  asientos = [],
  ...filas
}: Readonly<Record<string, readonly Fila[]>>): Omit<Restos, 'log' | 'integridad'> => ({
  reservas: filas.reservas ?? [],
  resumen: filas.resumen ?? [],
  historial: filas.historial ?? [],
  operaciones: filas.operaciones ?? [],
  inbox: inbox.map(({ consumidor, id_mensaje }) => `${consumidor} ${id_mensaje}`),
  vendidos: asientos.map(({ vendidos }) => Number(vendidos)),
})

const leyendo = <T>(carpeta: string, leer: (filas: (sql: string) => Fila[]) => T): T => {
  const db = new DatabaseSync(join(carpeta, ARCHIVO), { readOnly: true })
  try {
    return leer((sql) => db.prepare(sql).all() as Fila[])
  } finally {
    db.close()
  }
}

const tipos = new Map<string, avro.Type>()

const tipoDe = (esquema: string): avro.Type => {
  const tipo = tipos.get(esquema) ?? avro.Type.forSchema(JSON.parse(esquema), { wrapUnions: 'never' })
  tipos.set(esquema, tipo)
  return tipo
}

const leerMensaje =
  (esquemas: ReadonlyMap<unknown, avro.Type>) =>
  (fila: Fila): Mensaje => {
    const p = JSON.parse(String(fila.propiedades))
    const leido = esquemas.get(p.dataschema)?.fromBuffer(Buffer.from(fila.datos as unknown as Uint8Array)) as { data: Datos } | undefined
    return {
      topico: String(fila.topico),
      id: String(fila.id),
      llave: String(fila.llave),
      tipo: String(p.type),
      correlacion: String(p.correlationid),
      causa: String(p.causationid),
      data: { ...leido?.data },
    }
  }

/** Las leyes rotas, una frase por cada caso. Ninguna si después de todo lo ocurrido el archivo cuenta una sola historia coherente. */
export const faltas = (restos: Restos, diario: Diario): readonly string[] => [
  ...(restos.integridad === 'ok' ? [] : [`el archivo está dañado: ${restos.integridad}`]),
  ...sinRepetidos(restos),
  ...intentosCumplidos(restos, diario),
  ...comandosTerminados(restos),
  ...historiasDeReservas(restos),
  ...reflejos(restos),
  ...efectosUnaVez(restos),
  ...asientosJustos(restos),
]

const agrupar = <T>(cosas: readonly T[], por: (cosa: T) => unknown): ReadonlyMap<unknown, readonly T[]> => Map.groupBy(cosas, por)
const deTopico = ({ log }: Restos, topico: string): readonly Mensaje[] => log.filter((mensaje) => mensaje.topico === topico)
const sinOrden = (textos: readonly string[]): string => [...textos].sort().join(', ')

/** El correo espera por la API: muertes seguidas desde fuera pueden encontrarlo tres veces a medias, y a la tercera se aparta (no se pierde). */
const MATABLE = 'eventos-reserva-sub-notificacion-eventos-reservas-DLQ'

/** Ningún mensaje está dos veces, ni apartado. */
const sinRepetidos = ({ log }: Restos): readonly string[] => [
  ...[...agrupar(log, ({ topico, id }) => `${topico} ${id}`)]
    .filter(([, veces]) => veces.length > 1)
    .map(([cual]) => `${cual} está repetido`),
  ...log.filter(({ topico }) => topico.endsWith('-DLQ') && topico !== MATABLE).map(({ topico, id }) => `${id} está apartado en ${topico}`),
]

/** Lo aceptado quedó una vez, con los identificadores de la respuesta; lo negado, ninguna; lo desconocido, una o ninguna. */
const intentosCumplidos = (restos: Restos, diario: Diario): readonly string[] => {
  // Lo que alguien pidió no tiene más causa que su pedido; lo que después pide la saga, sí.
  const pedido = ({ causa, correlacion }: Mensaje) => causa === correlacion
  const creadas = deTopico(restos, EVENTOS).filter((mensaje) => mensaje.tipo === 'ReservaCreada' && pedido(mensaje))
  const hechos = agrupar([...creadas, ...deTopico(restos, COMANDOS).filter(pedido)], ({ correlacion }) => correlacion)
  const conocidos = new Set(diario.map(({ id }) => id))
  const ajenos = [...hechos.keys()].filter((id) => !conocidos.has(String(id))).map((id) => `nadie pidió ${id}`)
  return [...ajenos, ...diario.flatMap((intento) => intentoCumplido(intento, hechos.get(intento.id) ?? []))]
}

const VECES = { pendiente: [], ok: [1], fallo: [0], desconocido: [0, 1] } as const

const intentoCumplido = (intento: Intento, hechos: readonly Mensaje[]): readonly string[] => {
  const { id, hace, llave, desenlace, id_reserva, id_operacion } = intento
  const quien = `${hace} ${id} (${desenlace}${llave ? ', con llave' : ''})`
  if (llave && desenlace === 'desconocido') return [`${quien} se repitió y nunca se supo`]
  if (!(VECES[desenlace] as readonly number[]).includes(hechos.length)) return [`${quien} quedó ${hechos.length} veces`]
  const otro = hechos.find((hecho) => desenlace === 'ok' && (hecho.llave !== id_reserva || (id_operacion ?? hecho.id) !== hecho.id))
  return otro === undefined ? [] : [`${quien} respondió ${id_reserva} ${id_operacion} y quedó ${otro.llave} ${otro.id}`]
}

const EVENTO_DE: Readonly<Record<string, string>> = {
  CrearReserva: 'ReservaCreada',
  AprobarReserva: 'ReservaAprobada',
  PagarReserva: 'ReservaPagada',
  CancelarReserva: 'ReservaCancelada',
}

/** Cada comando tiene una operación terminada, anunciada una vez, y el evento que dice; y no hay operaciones sin comando. */
const comandosTerminados = (restos: Restos): readonly string[] => {
  const comandos = deTopico(restos, COMANDOS)
  const operaciones = new Map(restos.operaciones.map((fila) => [fila.id, fila]))
  const anuncios = agrupar(deTopico(restos, OPERACIONES), ({ data }) => data.id_operacion)
  const eventos = agrupar(deTopico(restos, EVENTOS), ({ causa }) => causa)
  const ids = new Set(comandos.map(({ id }) => id))
  const huerfanas = [...operaciones.keys(), ...anuncios.keys()].filter((id) => !ids.has(String(id))).map((id) => `${id} no tiene comando`)
  return [
    ...huerfanas,
    ...comandos.flatMap(({ id, tipo }) => {
      const estado = operaciones.get(id)?.estado
      const dichos = (anuncios.get(id) ?? []).map(({ data }) => String(data.estado))
      const ocurridos = (eventos.get(id) ?? []).map((evento) => evento.tipo)
      const debidos = estado === 'completada' ? [EVENTO_DE[tipo]] : []
      return [
        ...(estado === 'completada' || estado === 'fallida' ? [] : [`la operación ${id} no terminó: ${estado}`]),
        ...(dichos.length === 1 && dichos[0] === estado ? [] : [`la operación ${id} terminó ${estado} y se anunció «${dichos}»`]),
        ...(String(ocurridos) === String(debidos) ? [] : [`${tipo} ${id} terminó ${estado} y produjo «${ocurridos}»`]),
        ...(operaciones.get(id)?.eventos === JSON.stringify(debidos) ? [] : [`la operación ${id} no dice lo que ocurrió`]),
      ]
    }),
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

/** Los eventos de cada reserva tienen versiones 1, 2, 3…, cada estado puede seguir al anterior y la reserva es como su último evento. */
const historiasDeReservas = (restos: Restos): readonly string[] => {
  const historias = agrupar(deTopico(restos, EVENTOS), ({ llave }) => llave)
  const reservas = new Map(restos.reservas.map((fila) => [fila.id, fila]))
  const ids = new Set([...historias.keys(), ...reservas.keys()])
  return [...ids].flatMap((id) => {
    const historia = historias.get(id) ?? []
    const versiones = historia.map(({ data }) => Number(data.version))
    const estados = ['', ...historia.map(({ data }) => String(data.estado))]
    const reserva = reservas.get(String(id))
    const pasajero = JSON.parse(String(reserva?.pasajeros ?? '[{}]'))[0]?.nombre
    return [
      ...(versiones.every((version, i) => version === i + 1) ? [] : [`los eventos de ${id} tienen versiones ${versiones}`]),
      ...(estados.every((estado, i) => i === 0 || SIGUE[estados[i - 1] ?? '']?.includes(estado)) ? [] : [`${id} pasó por ${estados}`]),
      ...(reserva?.version === versiones.length && reserva.estado === estados.at(-1)
        ? []
        : [`${id} está ${reserva?.estado} v${reserva?.version} y sus eventos dicen ${estados.at(-1)} v${versiones.length}`]),
      ...(pasajero === historia[0]?.correlacion ? [] : [`${id} guarda el pedido ${pasajero} y la creó ${historia[0]?.correlacion}`]),
    ]
  })
}

const lineas = (filas: readonly Fila[], campos: readonly string[]): string =>
  sinOrden(filas.map((fila) => campos.map((c) => fila[c]).join(' ')))

/** El modelo de las listas y el historial de los clientes dicen lo mismo que las reservas, que dicen lo mismo que el log. */
const reflejos = ({ reservas, resumen, historial }: Restos): readonly string[] => {
  const deClientes = reservas.filter(({ id_cliente }) => id_cliente !== null).map((fila) => ({ ...fila, id_reserva: fila.id ?? null }))
  const enLista = ['id', 'id_cliente', 'estado']
  const enHistorial = ['id_cliente', 'id_reserva', 'estado', 'version']
  return [
    ...(lineas(resumen, enLista) === lineas(reservas, enLista) ? [] : ['el resumen no es el de las reservas']),
    ...(lineas(historial, enHistorial) === lineas(deClientes, enHistorial)
      ? []
      : ['el historial de los clientes no es el de sus reservas']),
  ]
}

/** Cada consumidor anotó cada mensaje suyo, y ninguno más. */
const efectosUnaVez = (restos: Restos): readonly string[] => {
  const debidos = new Set([
    ...deTopico(restos, COMANDOS).map(({ id }) => `aeroalpes-sub-comandos ${id}`),
    ...deTopico(restos, EVENTOS).flatMap(({ id }) => [`aeroalpes-sub-eventos ${id}`, `aeroalpes-saga-reservas ${id}`]),
  ])
  const anotados = new Set(restos.inbox)
  return [
    ...[...debidos].filter((cual) => !anotados.has(cual)).map((cual) => `falta en el inbox: ${cual}`),
    ...[...anotados].filter((cual) => !debidos.has(cual)).map((cual) => `sobra en el inbox: ${cual}`),
  ]
}

type Odos = readonly Readonly<{ segmentos: readonly Readonly<{ legs: readonly unknown[] }>[] }>[]

/** Está vendido un asiento por pasajero y vuelo de cada reserva de oferta que sigue en pie, y ninguno más. */
const asientosJustos = ({ reservas, vendidos }: Restos): readonly string[] => {
  const debidos = reservas
    .filter(({ venta, estado }) => venta !== null && estado !== 'CANCELADA')
    .map(({ itinerarios, pasajeros }) => {
      const odos = (JSON.parse(String(itinerarios)) as Readonly<{ odos: Odos }>[]).flatMap((itinerario) => itinerario.odos)
      const legs = odos.flatMap(({ segmentos }) => segmentos.flatMap((segmento) => segmento.legs))
      return legs.length * JSON.parse(String(pasajeros)).length
    })
  const sumar = (cuantos: readonly number[]): number => cuantos.reduce((total, uno) => total + uno, 0)
  return sumar(debidos) === sumar(vendidos) ? [] : [`hay ${sumar(vendidos)} asientos vendidos y las reservas son de ${sumar(debidos)}`]
}
