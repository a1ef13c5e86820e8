import type { FastifyInstance } from 'fastify'
import type { Texto } from '../dominio/errores.ts'
import { entradaDe } from './catalogo.ts'
import { type Idioma, idiomaDe } from './idioma.ts'
import { type Explicaciones, PROBLEMAS_COMUNES } from './problemas_comunes.ts'

const CODIGO = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

const SIN_TEXTO: Texto = {
  es: 'Este código no tiene más explicación que el detalle que vino con el error.',
  en: 'This code has no explanation beyond the detail that came with the error.',
}
const QUE_HACER: Texto = { es: 'Qué hacer', en: 'What to do' }

/** De lo más propio a lo más común: el servicio, el seedwork y la orilla HTTP, cuyo detalle ya dice qué corregir. */
const explicar = (codigo: string, propios: Explicaciones): Readonly<{ significa: Texto; hacer?: Texto }> => {
  const conocidas: Explicaciones = { ...PROBLEMAS_COMUNES, ...propios }
  const suya = Object.hasOwn(conocidas, codigo) ? conocidas[codigo] : undefined
  return suya ?? { significa: entradaDe(codigo)?.detalle ?? SIN_TEXTO }
}

const escapar = (texto: string): string => texto.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const pagina = (codigo: string, { significa, hacer }: ReturnType<typeof explicar>, idioma: Idioma): string => {
  const remedio = hacer === undefined ? '' : `<h2>${QUE_HACER[idioma]}</h2>\n<p>${escapar(hacer[idioma])}</p>\n`
  return `<!doctype html>\n<html lang="${idioma}">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>${codigo}</title>\n<h1>${codigo}</h1>\n<p>${escapar(significa[idioma])}</p>\n${remedio}</html>\n`
}

/** Sirve `GET /problemas/:codigo`: qué significa un código de error y qué se puede hacer, en HTML, o en JSON si se pide. */
export const rutaDeProblemas = (servidor: FastifyInstance, propios: Explicaciones = {}): void => {
  servidor.get<{ Params: { codigo: string } }>('/problemas/:codigo', (peticion, respuesta) => {
    const { codigo } = peticion.params
    if (!CODIGO.test(codigo)) return respuesta.callNotFound()
    const idioma = idiomaDe(peticion.headers['accept-language'])
    const explicacion = explicar(codigo, propios)
    respuesta.headers({ 'content-language': idioma, vary: 'Accept, Accept-Language' })
    if (peticion.headers.accept?.includes('json'))
      return respuesta.send({ codigo, detail: explicacion.significa[idioma], hacer: explicacion.hacer?.[idioma] })
    return respuesta.type('text/html; charset=utf-8').send(pagina(codigo, explicacion, idioma))
  })
}
