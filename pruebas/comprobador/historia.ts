import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Las que no se pueden romper. L5 son los asientos; L4, el dinero, no tiene quién lo cobre todavía. */
export type Ley = 'L1' | 'L2' | 'L3' | 'L5' | 'L6' | 'L7' | 'L8'
export type Clase = 'perdido' | 'duplicado' | 'desorden' | 'inexplicado'
/** Una ley rota: cuál, de qué manera y qué se vio. */
export type Falta = Readonly<{ ley: Ley; clase: Clase; que: string }>

export type Fila = Readonly<Record<string, string | number | null>>

/** Un mensaje publicado, ya leído. `data` es lo que dice. */
export type Mensaje = Readonly<{
  topico: string
  id: string
  llave: string
  tipo: string
  correlacion: string
  causa: string
  data: Readonly<Record<string, unknown>>
}>

/** Lo último que se supo de un pedido: `ok` se aceptó; `fallo` no se hizo; `desconocido` se cortó antes de la respuesta. */
export type Intento = Readonly<{
  id: string
  hace: string
  llave: boolean
  id_reserva: string | null
  id_operacion: string | null
  desenlace: 'pendiente' | 'ok' | 'fallo' | 'desconocido'
}>

/** Lo que llegó por el enchufe de una página: un evento de una reserva, en qué terminó una operación o, al empezar cada vida suya, si recuperó lo que
 * faltaba. La primera línea puede decir de qué sesión es: entonces se le deben las operaciones que esa sesión pidió, y las de sus reservas. */
export type Trama = Readonly<{
  sesion?: string
  control?: string
  recuperado?: boolean
  evento?: string
  reserva?: string
  operacion?: string
  estado?: string
}>

/** Lo que alguien leyó mientras todo ocurría. */
export type Visto = Readonly<{ que: 'operacion' | 'reserva'; id: string; estado: string }>

/** Lo que quedó en la base y en los tópicos. */
export type Restos = Readonly<{
  log: readonly Mensaje[]
  reservas: readonly Fila[]
  resumen: readonly Fila[]
  historial: readonly Fila[]
  operaciones: readonly Fila[]
  /** `consumidor id` de cada mensaje atendido. */
  inbox: readonly string[]
  /** Por cabina de cada vuelo. */
  vendidos: readonly number[]
  integridad: string
}>

/** Todo lo que los testigos vieron. Lo que un testigo que no estuvo habría visto no se comprueba. */
export type Historia = Restos &
  Readonly<{
    diario: readonly Intento[]
    /** Los pedidos cuyo diario se contradice. */
    contradicciones?: readonly string[]
    /** En qué quedó el correo de cada evento, según quien los envía; y los eventos de los correos que el servidor aceptó. */
    correos?: readonly Fila[]
    buzon?: readonly string[]
    paginas?: readonly (readonly Trama[])[]
    vistos?: readonly Visto[]
  }>

/** Los archivos que los testigos escriben, una línea de JSON cada cosa. Los de las páginas son `pagina-1.jsonl`, `pagina-2.jsonl`… */
export const ARCHIVOS = {
  diario: 'diario.jsonl',
  topicos: 'topicos.jsonl',
  base: 'base.jsonl',
  buzon: 'correos.jsonl',
  vistos: 'vistos.jsonl',
} as const

const lineas = <T>(archivo: string): readonly T[] =>
  readFileSync(archivo, 'utf8')
    .split('\n')
    .filter((linea) => linea !== '')
    .map((linea) => JSON.parse(linea) as T)

const siLoHay = <T>(archivo: string): readonly T[] | undefined => (existsSync(archivo) ? lineas<T>(archivo) : undefined)

/** Lo que cada testigo escribió, línea a línea. */
export type Archivos = Readonly<{
  diario: readonly Intento[]
  topicos: readonly Mensaje[]
  base: readonly Readonly<{ tabla: string; fila: Fila }>[]
  buzon?: readonly Readonly<{ evento: string }>[]
  vistos?: readonly Visto[]
  paginas: readonly (readonly Trama[])[]
}>

/** Lo que hay escrito en una carpeta. Sin diario, tópicos o base no hay historia que juzgar, y lanza. */
export const leerArchivos = (carpeta: string): Archivos => {
  const de = (archivo: string): string => join(carpeta, archivo)
  const buzon = siLoHay<{ evento: string }>(de(ARCHIVOS.buzon))
  const vistos = siLoHay<Visto>(de(ARCHIVOS.vistos))
  return {
    diario: lineas(de(ARCHIVOS.diario)),
    topicos: lineas(de(ARCHIVOS.topicos)),
    base: lineas(de(ARCHIVOS.base)),
    ...(buzon !== undefined && { buzon }),
    ...(vistos !== undefined && { vistos }),
    paginas: globSync('pagina-*.jsonl', { cwd: carpeta })
      .sort()
      .map((archivo) => lineas<Trama>(de(archivo))),
  }
}

/** Lo que los archivos cuentan, como las leyes lo miran. */
export const historiaDe = ({ diario, topicos, base, buzon, vistos, paginas }: Archivos): Historia => {
  const tablas = Map.groupBy(base, ({ tabla }) => tabla)
  const filas = (tabla: string): readonly Fila[] => (tablas.get(tabla) ?? []).map(({ fila }) => fila)
  return {
    ...delDiario(diario),
    log: topicos,
    ...restosDe(filas),
    integridad: 'ok',
    ...(buzon !== undefined && { buzon: buzon.map(({ evento }) => evento), correos: filas('correos') }),
    ...(vistos !== undefined && { vistos }),
    paginas,
  }
}

/** Las tablas, como las leyes las miran. */
export const restosDe = (filas: (tabla: string) => readonly Fila[]): Omit<Restos, 'log' | 'integridad'> => ({
  reservas: filas('reservas'),
  resumen: filas('resumen'),
  historial: filas('historial'),
  operaciones: filas('operaciones'),
  inbox: filas('inbox').map(({ consumidor, id_mensaje }) => `${consumidor} ${id_mensaje}`),
  vendidos: filas('asientos').map(({ vendidos }) => Number(vendidos)),
})

/** Cada pedido se anota antes de enviarlo y otra vez al saber de él. Si quien pedía murió entre una y otra, no se supo. */
const delDiario = (anotado: readonly Intento[]): Pick<Historia, 'diario' | 'contradicciones'> => {
  const pedidos = [...Map.groupBy(anotado, ({ id }) => id)]
  return {
    diario: pedidos.map(([, suyas]) => {
      const sabida = suyas.find(({ desenlace }) => desenlace === 'ok') ?? (suyas.at(-1) as Intento)
      return sabida.desenlace === 'pendiente' ? { ...sabida, desenlace: 'desconocido', llave: false } : sabida
    }),
    contradicciones: pedidos.flatMap(([id, suyas]) => contradiccionesDe(id, suyas)),
  }
}

const contradiccionesDe = (id: string, suyas: readonly Intento[]): readonly string[] => {
  const respuestas = new Set(suyas.filter(({ desenlace }) => desenlace === 'ok').map((una) => `${una.id_reserva} ${una.id_operacion}`))
  return [
    ...(suyas[0]?.desenlace === 'pendiente' ? [] : [`${id} tiene respuesta y nadie anotó que lo iba a pedir`]),
    ...(respuestas.size > 1 ? [`${id} se respondió de ${respuestas.size} maneras: ${[...respuestas].join(' y ')}`] : []),
  ]
}
