import { stripVTControlCharacters, styleText } from 'node:util'

export type Linea = readonly [nombre: string, valor: string]

/** El recuadro que se lee al arrancar. Sin color donde no hay terminal (o con `NO_COLOR`). */
export const dibujarCaja = ({
  titulo,
  lineas,
  avisos,
}: {
  titulo: string
  lineas: readonly Linea[]
  avisos: readonly string[]
}): string => {
  const ancho = Math.max(...lineas.map(([nombre]) => nombre.length))
  const filas = [
    styleText('bold', titulo),
    '',
    ...lineas.map(([nombre, valor]) => `${styleText('cyan', nombre.padEnd(ancho))}  ${valor}`),
    ...(avisos.length > 0 ? ['', ...avisos.map((aviso) => styleText('yellow', `! ${aviso}`))] : []),
  ]
  const largo = Math.max(...filas.map(visibles))
  const borde = '─'.repeat(largo + 4)
  const dentro = filas.map((fila) => `│  ${fila}${' '.repeat(largo - visibles(fila))}  │`)
  return [`╭${borde}╮`, ...dentro, `╰${borde}╯`].join('\n')
}

const visibles = (texto: string): number => [...stripVTControlCharacters(texto)].length
