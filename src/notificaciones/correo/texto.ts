import type { Contenido, Parada, Tramo } from './contenido.ts'
import { TEXTOS } from './textos.ts'

/** El correo en texto solo, para quien lo lee así: dice lo mismo que el HTML. */
export const enTexto = (contenido: Contenido): string => {
  const textos = TEXTOS[contenido.idioma]
  const bloques = [
    contenido.titulo.toUpperCase(),
    ...contenido.parrafos,
    contenido.localizador === null ? '' : `${textos.localizador}: ${contenido.localizador}`,
    ...contenido.viajes.map(({ ruta, tramos }) => [ruta, ...tramos.flatMap(lineasDe)].join('\n')),
    lista(textos.pasajeros, contenido.pasajeros),
    contenido.precio.map(([etiqueta, valor]) => `${etiqueta}: ${valor}`).join('\n'),
    lista(textos.condiciones, contenido.condiciones),
    `${textos.verReserva}: ${contenido.enlace}`,
    ['--', 'AeroAlpes', ...contenido.pie].join('\n'),
  ]
  return `${bloques.filter((bloque) => bloque !== '').join('\n\n')}\n`
}

const lista = (titulo: string, elementos: readonly string[]): string =>
  elementos.length === 0 ? '' : [titulo, ...elementos.map((uno) => `- ${uno}`)].join('\n')

const lineasDe = ({ escala, vuelo, duracion, salida, llegada }: Tramo): readonly string[] => [
  ...(escala === null ? [] : [`  ${escala}`]),
  `  ${vuelo} · ${duracion}`,
  `    ${enLinea(salida)}`,
  `    ${enLinea(llegada)}`,
]

const enLinea = ({ hora, codigo, ciudad, fecha, zona, marca, marcaLeida }: Parada & Partial<Tramo['llegada']>): string =>
  `${hora}${marca ? ` ${marca}` : ''} ${codigo} ${ciudad}, ${fecha} (${[zona, marcaLeida].filter(Boolean).join('; ')})`
