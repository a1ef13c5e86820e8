import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Idioma, idiomaDe } from 'seedwork/presentacion/idioma.ts'
import { enviarProblema, problemaDeOrilla } from 'seedwork/presentacion/problema.ts'
import { esSegura } from './origen.ts'
import { type Estatico, type Paquete, RUTA } from './paquete.ts'
import { cookieDe, leerSesion, nuevaSesion } from './sesion.ts'

/** Nada de fuera, nada escrito dentro de la página. */
const POLITICA = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const TITULO: Readonly<Record<Idioma, string>> = {
  es: 'AeroAlpes · Reserva y mira cómo se confirma',
  en: 'AeroAlpes · Book it and watch it get confirmed',
}
const SIN_GUION: Readonly<Record<Idioma, string>> = {
  es: 'Esta página necesita JavaScript.',
  en: 'This page needs JavaScript.',
}

const cascara = ({ guion, estilos, letra }: Paquete, idioma: Idioma): string => `<!doctype html>
<html lang="${idioma}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${TITULO[idioma]}</title>
<link rel="icon" href="data:,">
${letra === undefined ? '' : `<link rel="preload" href="${RUTA}/${letra}" as="font" type="font/woff2" crossorigin>\n`}${estilos
  .map((nombre) => `<link rel="stylesheet" href="${RUTA}/${nombre}">`)
  .join('\n')}
<script type="module" src="${RUTA}/${guion}"></script>
</head>
<body>
<div id="app"></div>
<noscript>${SIN_GUION[idioma]}</noscript>
</body>
</html>
`

/** La página en cualquier camino que no sea de otro, y sus archivos bajo `/estaticos`, que no cambian nunca. */
export const rutasDePagina = (servidor: FastifyInstance, paquete: Paquete): void => {
  const paginas = { es: cascara(paquete, 'es'), en: cascara(paquete, 'en') }
  servidor.get<{ Params: { nombre: string } }>(`${RUTA}/:nombre`, (peticion, respuesta) => {
    const archivo = paquete.archivos.get(peticion.params.nombre)
    if (archivo === undefined) return enviarProblema(peticion, respuesta, problemaDeOrilla('ruta_desconocida'))
    return servirEstatico(peticion, respuesta, archivo)
  })
  servidor.get('/*', (peticion, respuesta) => {
    if (!esDePagina(peticion)) return enviarProblema(peticion, respuesta, problemaDeOrilla('ruta_desconocida'))
    const segura = esSegura(peticion.raw)
    const sesion = leerSesion(peticion.headers, segura) ?? nuevaSesion()
    const idioma = idiomaDe(peticion.headers['accept-language'])
    if (segura) respuesta.header('strict-transport-security', 'max-age=31536000')
    return respuesta
      .headers({
        'content-security-policy': POLITICA,
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
        'content-language': idioma,
        vary: 'Accept-Language, Cookie',
        'set-cookie': cookieDe(sesion, segura),
      })
      .type('text/html; charset=utf-8')
      .send(paginas[idioma])
  })
}

/** Lo que parece un archivo (`/favicon.ico`) no es una dirección de la página. */
const esDePagina = ({ url }: FastifyRequest): boolean => !/\.[a-z0-9]{1,5}$/i.test(url.split('?', 1)[0] ?? '')

/** Las que el navegador admite: `q=0` es no. */
const codificaciones = (cabecera: string | string[] | undefined): readonly string[] =>
  String(cabecera ?? '')
    .split(',')
    .map((una) => una.split(';').map((parte) => parte.trim()))
    .filter(([, q]) => q === undefined || !/^q=0(?:\.0*)?$/i.test(q))
    .map(([nombre = '']) => nombre)

const servirEstatico = (peticion: FastifyRequest, respuesta: FastifyReply, { tipo, contenido, br, gzip }: Estatico): FastifyReply => {
  respuesta.headers({ 'cache-control': 'public, max-age=31536000, immutable', 'content-type': tipo, vary: 'Accept-Encoding' })
  const admitidas = codificaciones(peticion.headers['accept-encoding'])
  if (br !== undefined && admitidas.includes('br')) return respuesta.header('content-encoding', 'br').send(br)
  if (gzip !== undefined && admitidas.includes('gzip')) return respuesta.header('content-encoding', 'gzip').send(gzip)
  return respuesta.send(contenido)
}
