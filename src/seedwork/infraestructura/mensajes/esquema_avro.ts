import { invariante } from './invariante.ts'

export const PRIMITIVOS = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
export type Primitivo = (typeof PRIMITIVOS)[number]

/** Un esquema Avro como JSON, en la parte de Avro que aquí se admite. Un texto es un primitivo o un record ya definido antes. */
export type EsquemaAvro = string | EsquemaRecord | EsquemaArray | EsquemaMap | readonly EsquemaAvro[]
export type EsquemaRecord = Readonly<{ type: 'record'; name: string; fields: readonly CampoAvro[] }>
export type EsquemaArray = Readonly<{ type: 'array'; items: EsquemaAvro }>
export type EsquemaMap = Readonly<{ type: 'map'; values: EsquemaAvro }>
export type CampoAvro = Readonly<{ name: string; type: EsquemaAvro; default?: unknown }>

/** El mismo esquema con sus nombres resueltos: un grafo, con ciclos si el esquema se nombra a sí mismo. */
export type Nodo =
  | Readonly<{ clase: 'primitivo'; primitivo: Primitivo }>
  | NodoRecord
  | Readonly<{ clase: 'array' | 'map'; de: Nodo }>
  | Readonly<{ clase: 'union'; ramas: readonly Nodo[] }>
export type NodoRecord = Readonly<{ clase: 'record'; nombre: string; campos: readonly CampoNodo[] }>
export type CampoNodo = Readonly<{ nombre: string; tipo: Nodo; conDefecto: boolean }>

const esPrimitivo = (nombre: string): nombre is Primitivo => (PRIMITIVOS as readonly string[]).includes(nombre)

const nodoPorNombre = (nombre: string, definidos: Map<string, Nodo>): Nodo =>
  esPrimitivo(nombre)
    ? { clase: 'primitivo', primitivo: nombre }
    : (definidos.get(nombre) ?? invariante(`el esquema usa «${nombre}» sin definirlo antes`))

const nodoRecord = (esquema: EsquemaRecord, definidos: Map<string, Nodo>): Nodo => {
  if (definidos.has(esquema.name)) invariante(`el esquema define «${esquema.name}» dos veces`)
  const campos: CampoNodo[] = []
  const nodo: NodoRecord = { clase: 'record', nombre: esquema.name, campos }
  definidos.set(esquema.name, nodo)
  for (const campo of esquema.fields) {
    campos.push({ nombre: campo.name, tipo: nodoDe(campo.type, definidos), conDefecto: campo.default !== undefined })
  }
  return nodo
}

/** Resuelve los nombres de `esquema`. Lanza si usa algo de Avro que aquí no se admite, o un nombre que no definió. */
export const nodoDe = (esquema: EsquemaAvro, definidos: Map<string, Nodo> = new Map()): Nodo => {
  if (typeof esquema === 'string') return nodoPorNombre(esquema, definidos)
  if ('type' in esquema) {
    if (esquema.type === 'record') return nodoRecord(esquema, definidos)
    if (esquema.type === 'array') return { clase: 'array', de: nodoDe(esquema.items, definidos) }
    if (esquema.type === 'map') return { clase: 'map', de: nodoDe(esquema.values, definidos) }
    return invariante(`tipo de Avro no admitido: ${JSON.stringify(esquema)}`)
  }
  return { clase: 'union', ramas: esquema.map((rama) => nodoDe(rama, definidos)) }
}
