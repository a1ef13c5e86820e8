import type { Texto } from '../dominio/errores.ts'

export type Idioma = keyof Texto

const CABECERA_MAXIMA = 256
const RANGO = /^\s*(\*|[a-z]{1,8})(?:-[a-z0-9-]+)?\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i

type Preferencias = { es: number; en: number; resto: number }

const anotar = (preferencias: Preferencias, rango: string): void => {
  const [, lengua, q = '1'] = RANGO.exec(rango) ?? []
  if (lengua === undefined) return
  const donde = lengua === '*' ? 'resto' : lengua.toLowerCase()
  if (donde === 'es' || donde === 'en' || donde === 'resto') preferencias[donde] = Math.max(preferencias[donde], Number(q))
}

/** Cuánto se quiere una lengua: lo dicho de ella o, si nada se dijo, lo dicho de `*`. -1 es "sin decir". */
const peso = (dicho: number, resto: number): number => Math.max(dicho === -1 ? resto : dicho, 0)

/**
 * El idioma de la respuesta según `Accept-Language` (RFC 9110 §12.5.4): gana el de más `q`; `es-CO` cuenta como `es`;
 * a igual `q` gana el que se nombró primero; sin preferencia entre los dos, español.
 */
export const idiomaDe = (cabecera: string | undefined): Idioma => {
  if (cabecera === undefined) return 'es'
  const texto = cabecera.slice(0, CABECERA_MAXIMA)
  const preferencias: Preferencias = { es: -1, en: -1, resto: -1 }
  for (const rango of texto.split(',')) anotar(preferencias, rango)
  const es = peso(preferencias.es, preferencias.resto)
  const en = peso(preferencias.en, preferencias.resto)
  if (es !== en) return en > es ? 'en' : 'es'
  return en > 0 && preferencias.en >= 0 && inglesPrimero(texto) ? 'en' : 'es'
}

const inglesPrimero = (texto: string): boolean => /(?:^|,)\s*(en|es)\b/i.exec(texto)?.[1]?.toLowerCase() === 'en'
