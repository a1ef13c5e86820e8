import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Archivo } from './archivos.ts'

const ENLACES = [/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g, /^\s*\[[^\]]+\]:\s*<?([^\s>]+)/gm, /\b(?:href|src)="([^"]+)"/g]
const EXTERNO = /^(?:[a-z][a-z+.-]*:|\/\/)/i

/** Conserva los saltos de línea, para que los números de línea sigan siendo los del archivo. */
const sinCodigo = (texto: string): string =>
  texto.replace(/^(\s*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2[^\n]*$/gm, (bloque) => bloque.replace(/[^\n]/g, '')).replace(/`[^`\n]+`/g, '')

/** El ancla que la página de un repositorio da a un título. */
const anclaDe = (titulo: string): string =>
  titulo
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-')

/** Todas las anclas de un texto Markdown; a los títulos repetidos se les suma `-1`, `-2`… */
export const anclas = (texto: string): ReadonlySet<string> => {
  const vistas = new Map<string, number>()
  const titulos = [...texto.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, titulo = '']) => anclaDe(titulo))
  const propias = [...texto.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)
  const numeradas = titulos.map((ancla) => {
    const veces = vistas.get(ancla) ?? 0
    vistas.set(ancla, veces + 1)
    return veces === 0 ? ancla : `${ancla}-${veces}`
  })
  return new Set([...numeradas, ...propias])
}

const queTieneDeMalo = (raiz: string, desde: string, enlace: string): string | undefined => {
  const [camino = '', ancla = ''] = enlace.split('#').map(decodeURIComponent)
  const base = camino.startsWith('/') ? raiz : join(raiz, dirname(desde))
  const destino = camino === '' ? join(raiz, desde) : resolve(base, `./${camino.split('?')[0]}`)
  if (!existsSync(destino)) return 'no existe'
  if (ancla === '' || !destino.endsWith('.md')) return undefined
  return anclas(readFileSync(destino, 'utf8')).has(ancla) ? undefined : 'no tiene esa ancla'
}

const enlacesDe = (texto: string): readonly Readonly<{ enlace: string; linea: number }>[] =>
  ENLACES.flatMap((forma) =>
    [...texto.matchAll(forma)].map((hallado) => ({
      enlace: hallado[1] ?? '',
      linea: texto.slice(0, hallado.index + hallado[0].search(/\S/)).split('\n').length,
    })),
  ).filter(({ enlace }) => !EXTERNO.test(enlace))

/** Los enlaces relativos de los *.md cuyo archivo o ancla no existe, uno por línea (`archivo:línea enlace: motivo`). */
export const enlacesRotos = (raiz: string, archivos: readonly Archivo[]): readonly string[] =>
  archivos
    .filter(({ ruta }) => ruta.endsWith('.md'))
    .flatMap(({ ruta, texto }) =>
      enlacesDe(sinCodigo(texto)).flatMap(({ enlace, linea }) => {
        const motivo = queTieneDeMalo(raiz, ruta, enlace)
        return motivo === undefined ? [] : [`${ruta}:${linea} ${enlace}: ${motivo}`]
      }),
    )
