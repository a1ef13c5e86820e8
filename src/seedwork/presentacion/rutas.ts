/** Qué métodos admite cada dirección: lo que hace falta para decir 405 y no 404. */
export type TablaDeRutas = Readonly<{
  anotar: (metodo: string | readonly string[], patron: string) => void
  /** Los métodos de las rutas que casan con el camino, en orden alfabético; ninguno si el camino no existe. */
  metodosDe: (camino: string) => readonly string[]
}>

const segmentoDe = (segmento: string): string => {
  if (segmento === '*') return '.*'
  return segmento.includes(':') ? '[^/]+' : segmento.replaceAll(/\W/g, '\\$&')
}

const expresionDe = (patron: string): RegExp => new RegExp(`^${patron.split('/').map(segmentoDe).join('/')}$`)

/** Una tabla vacía. Se consulta sólo cuando ninguna ruta casó, así que recorrerla entera no cuesta. */
export const crearTablaDeRutas = (): TablaDeRutas => {
  const rutas = new Map<string, { expresion: RegExp; metodos: Set<string> }>()
  return {
    anotar: (metodo, patron) => {
      const ruta = rutas.get(patron) ?? { expresion: expresionDe(patron), metodos: new Set() }
      for (const uno of typeof metodo === 'string' ? [metodo] : metodo) ruta.metodos.add(uno)
      rutas.set(patron, ruta)
    },
    metodosDe: (camino) => {
      const casan = [...rutas.values()].filter(({ expresion }) => expresion.test(camino))
      return [...new Set(casan.flatMap(({ metodos }) => [...metodos]))].sort()
    },
  }
}
