import { en } from './textos/en.ts'
import { es } from './textos/es.ts'

export type { Textos } from './textos/es.ts'

export const TEXTOS = { es, en } as const
export type Idioma = keyof typeof TEXTOS
