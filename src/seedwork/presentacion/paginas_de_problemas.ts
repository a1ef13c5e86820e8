import type { FastifyInstance } from 'fastify'
import type { Texto } from '../dominio/errores.ts'
import { entradaDe } from './catalogo.ts'
import { type Idioma, idiomaDe } from './idioma.ts'

/** Lo que cada código de un servicio significa, para la página a la que apunta `type`. */
export type TextosDeProblemas = Readonly<Record<string, Texto>>

const CODIGO = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

const SIN_TEXTO: Texto = {
  es: 'Este código no tiene más explicación que el detalle que vino con el error.',
  en: 'This code has no explanation beyond the detail that came with the error.',
}

const textoDe = (codigo: string, propios: TextosDeProblemas): Texto =>
  (Object.hasOwn(propios, codigo) ? propios[codigo] : entradaDe(codigo)?.detalle) ?? SIN_TEXTO

const escapar = (texto: string): string => texto.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const pagina = (codigo: string, texto: string, idioma: Idioma): string =>
  `<!doctype html>\n<html lang="${idioma}">\n<meta charset="utf-8">\n<title>${codigo}</title>\n<h1>${codigo}</h1>\n<p>${escapar(texto)}</p>\n</html>\n`

/** Sirve `GET /problemas/:codigo`: qué significa un código de error, en HTML, o en JSON si se pide. */
export const rutaDeProblemas = (servidor: FastifyInstance, propios: TextosDeProblemas = {}): void => {
  servidor.get<{ Params: { codigo: string } }>('/problemas/:codigo', (peticion, respuesta) => {
    const { codigo } = peticion.params
    if (!CODIGO.test(codigo)) return respuesta.callNotFound()
    const idioma = idiomaDe(peticion.headers['accept-language'])
    const texto = textoDe(codigo, propios)[idioma]
    respuesta.headers({ 'content-language': idioma, vary: 'Accept, Accept-Language' })
    if (peticion.headers.accept?.includes('json')) return respuesta.send({ codigo, detail: texto })
    return respuesta.type('text/html; charset=utf-8').send(pagina(codigo, texto, idioma))
  })
}
