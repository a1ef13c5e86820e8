/** Un bloque de shell de un documento y, si el documento la muestra después de él, su respuesta. */
export type Bloque = Readonly<{ linea: number; orden: string; respuesta: string | undefined }>

const CERCA = /^```(\w*)\n([\s\S]*?)^```$/gm
const RESPUESTAS: readonly string[] = ['json', 'text']

/** Los bloques de un documento, en orden. Lanza si hay uno que no se sabría correr ni comparar: nada se queda sin probar. */
export const bloquesDe = (texto: string): readonly Bloque[] => {
  const bloques: Bloque[] = []
  for (const { 1: lenguaje = '', 2: contenido = '', index } of texto.matchAll(CERCA)) {
    const linea = texto.slice(0, index).split('\n').length
    const anterior = bloques.at(-1)
    if (lenguaje === 'sh') bloques.push({ linea, orden: contenido, respuesta: undefined })
    else if (RESPUESTAS.includes(lenguaje) && anterior !== undefined && anterior.respuesta === undefined)
      bloques[bloques.length - 1] = { ...anterior, respuesta: contenido }
    else throw new Error(`El bloque de la línea ${linea} («${lenguaje}») no es de shell ni la respuesta de uno que lo sea.`)
  }
  return bloques
}

const VARIABLE = /\$([A-Z_]+)/g

/** Las variables que las respuestas nombran: `$RESERVA`. */
export const variablesDe = (bloques: readonly Bloque[]): readonly string[] => [
  ...new Set(bloques.flatMap(({ respuesta = '' }) => [...respuesta.matchAll(VARIABLE)].map(([, nombre = '']) => nombre))),
]

/** Sin lo que cambia cada vez (fechas, puertos) ni lo que sólo es presentación (bordes del recuadro, saltos de línea). */
const comparable = (texto: string): string =>
  texto
    .replaceAll(/[╭╮╰╯│─]/g, '')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<fecha>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<puerto>')
    .replaceAll(/\s*\n\s*/g, '')
    .trim()

const literal = (texto: string): string => texto.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Qué tiene de distinto lo obtenido, o nada. En lo esperado, `$NOMBRE` es el valor de la variable y `…` es cualquier cosa. */
export const diferencia = (
  esperada: string,
  obtenida: string,
  variables: ReadonlyMap<string, string>,
): Readonly<{ esperada: string; obtenida: string }> | undefined => {
  const conValores = esperada.replaceAll(VARIABLE, (todo, nombre: string) => variables.get(nombre) || todo)
  const [a, b] = [comparable(conValores), comparable(obtenida)]
  const forma = new RegExp(`^${a.split('…').map(literal).join('[\\s\\S]+?')}$`)
  return forma.test(b) ? undefined : { esperada: a, obtenida: b }
}
