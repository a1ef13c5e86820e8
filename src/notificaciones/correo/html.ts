import type { Contenido, Parada, Tramo } from './contenido.ts'
import { type Hecho, TEXTOS } from './textos.ts'

/** Los colores de la marca, que en un correo van en cada etiqueta. */
const C = {
  fondo: '#F6F8F9',
  papel: '#FFFFFF',
  tinta: '#10272F',
  tinta2: '#4A6068',
  linea: '#D5DEE2',
  marca: '#0E5A6D',
  cielo: '#0A4554',
  alba: '#E89A6C',
  suave: '#E6F1F4',
  acento: '#B8431C',
} as const

const DE_HECHO: Readonly<Record<Hecho, string>> = {
  ReservaCreada: '#8A5A00',
  ReservaAprobada: '#0E5A6D',
  ReservaPagada: '#23703F',
  ReservaCancelada: '#A8241D',
}

/** Para los lectores que siguen el modo oscuro: el resto invierte por su cuenta, y los colores de arriba lo aguantan. */
const OSCURO = `@media (prefers-color-scheme: dark) {
.fondo{background:#0C1A20!important}.papel{background:#13252D!important}.tinta{color:#E8F0F2!important}.tinta2{color:#A5B8BF!important}
.suave{background:#17323C!important}.linea{border-color:#2A3F48!important}.acento{color:#F08A62!important}.enlace{color:#5CB8CE!important}
.boton{background:#5CB8CE!important}.boton a{color:#06222A!important}}`

const LETRA = "font-family:Figtree,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const TABLA = 'role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"'

const ENTIDADES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const esc = (texto: string): string => texto.replaceAll(/[&<>"']/g, (signo) => ENTIDADES[signo] ?? signo)

/** El correo en el HTML que los lectores aceptan: tablas, estilos en línea, nada que pedir fuera. */
export const enHtml = (contenido: Contenido): string => {
  const { idioma, asunto, parrafos, pie } = contenido
  return `<!doctype html>
<html lang="${idioma}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${esc(asunto)}</title>
<style>:root{color-scheme:light dark}
${OSCURO}</style>
</head>
<body class="fondo" style="margin:0;padding:0;background:${C.fondo}">
<div style="display:none;max-height:0;overflow:hidden">${esc(parrafos[1] ?? '')}</div>
<table class="fondo" ${TABLA} style="background:${C.fondo}"><tr><td align="center" style="padding:24px 12px">
<table ${TABLA} style="max-width:600px;${LETRA};font-size:16px;line-height:1.5">
${cabecera}
${cuerpo(contenido)}
<tr><td class="tinta2" style="padding:20px 28px;font-size:13px;color:${C.tinta2}">${pie.map(esc).join('<br>')}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`
}

const cabecera = `<tr><td style="background:${C.cielo};background-image:linear-gradient(${C.cielo},${C.marca});border-radius:20px 20px 0 0;padding:22px 28px;color:#FFFFFF;font-size:20px;font-weight:700;letter-spacing:-0.02em"><span aria-hidden="true" style="font-size:14px;letter-spacing:-3px">▲</span><span aria-hidden="true" style="font-size:20px">▲</span>&nbsp; AeroAlpes</td></tr>
<tr><td style="background:${C.alba};height:4px;font-size:0;line-height:0">&nbsp;</td></tr>`

const cuerpo = (contenido: Contenido): string => {
  const { hecho, estado, titulo, parrafos, viajes, pasajeros, condiciones, idioma } = contenido
  const textos = TEXTOS[idioma]
  return `<tr><td class="papel tinta" style="background:${C.papel};color:${C.tinta};border-radius:0 0 20px 20px;padding:28px">
<span style="display:inline-block;background:${DE_HECHO[hecho]};color:#FFFFFF;border-radius:8px;padding:3px 12px;font-size:14px;font-weight:600">${esc(estado)}</span>
<h1 class="tinta" style="margin:14px 0 12px;font-size:28px;line-height:1.2;letter-spacing:-0.03em;color:${C.tinta}">${esc(titulo)}</h1>
${parrafos.map((parrafo) => `<p style="margin:0 0 10px">${esc(parrafo)}</p>`).join('\n')}
${talon(contenido)}
${viajes.map(({ ruta, tramos }) => `${encabezado(ruta)}${tramos.map(tramo).join('\n')}`).join('\n')}
${lista(textos.pasajeros, pasajeros)}
${desglose(contenido)}
${lista(textos.condiciones, condiciones)}
${boton(contenido.enlace, textos.verReserva)}
</td></tr>`
}

const encabezado = (texto: string): string =>
  `<h2 class="tinta" style="margin:28px 0 8px;font-size:18px;letter-spacing:-0.02em;color:${C.tinta}">${esc(texto)}</h2>`

const rotulo = (texto: string): string => `<div class="tinta2" style="font-size:13px;color:${C.tinta2}">${esc(texto)}</div>`

/** El talón del pase de abordar: el localizador en grande y lo que cuesta. */
const talon = ({ localizador, precio, idioma }: Contenido): string => {
  const total = precio.at(-1)?.[1]
  if (localizador === null && total === undefined) return ''
  const textos = TEXTOS[idioma]
  const celda = (alineado: string, titulo: string, valor: string, estilo: string): string =>
    `<td align="${alineado}" style="padding:16px 20px">${rotulo(titulo)}<div class="tinta" style="color:${C.tinta};font-weight:800;${estilo}">${esc(valor)}</div></td>`
  return `<table class="suave linea" ${TABLA} style="margin:18px 0 0;background:${C.suave};border:1px dashed ${C.linea};border-radius:14px"><tr>
${localizador === null ? '' : celda('left', textos.localizador, localizador, 'font-size:28px;letter-spacing:0.12em;line-height:1.3')}
${total === undefined ? '' : celda('right', textos.total, total, 'font-size:20px;line-height:1.9')}
</tr></table>`
}

const tramo = ({ escala, vuelo, duracion, salida, llegada }: Tramo): string =>
  `${escala === null ? '' : `<div class="acento" style="padding:10px 0 0;font-size:14px;color:${C.acento}">● ${esc(escala)}</div>`}
<table class="linea" ${TABLA} style="border-bottom:1px solid ${C.linea}"><tr>
<td width="38%" valign="top" style="padding:12px 0">${parada(salida)}</td>
<td width="24%" align="center" valign="top" class="tinta2" style="padding:18px 6px 12px;font-size:13px;color:${C.tinta2}">${esc(duracion)}<div class="linea" style="border-top:2px solid ${C.linea};margin:5px 0;font-size:0;line-height:0">&nbsp;</div>${esc(vuelo)}</td>
<td width="38%" align="right" valign="top" style="padding:12px 0">${parada(llegada, marcaDe(llegada))}</td>
</tr></table>`

const parada = ({ hora, codigo, ciudad, fecha, zona }: Parada, marca = ''): string =>
  `<div class="tinta" style="font-size:24px;font-weight:700;line-height:1.2;color:${C.tinta}">${esc(hora)}${marca}</div><div><strong>${esc(codigo)}</strong> ${esc(ciudad)}</div>${rotulo(fecha)}${rotulo(zona)}`

const marcaDe = ({ marca, marcaLeida }: Tramo['llegada']): string =>
  marca === ''
    ? ''
    : `<sup class="acento" title="${esc(marcaLeida)}" aria-label="${esc(marcaLeida)}" style="font-size:14px;color:${C.acento}">&nbsp;${esc(marca)}</sup>`

const lista = (titulo: string, elementos: readonly string[]): string =>
  elementos.length === 0 ? '' : encabezado(titulo) + elementos.map((uno) => `<p style="margin:0 0 4px">${esc(uno)}</p>`).join('\n')

const desglose = ({ precio, idioma }: Contenido): string => {
  if (precio.length === 0) return ''
  const filas = precio.map(([etiqueta, valor], i) => {
    const peso = i === precio.length - 1 ? 'font-weight:700' : ''
    return `<tr><td style="padding:2px 0;${peso}">${esc(etiqueta)}</td><td align="right" style="padding:2px 0;${peso}">${esc(valor)}</td></tr>`
  })
  return `${encabezado(TEXTOS[idioma].precio)}<table ${TABLA}>${filas.join('')}</table>`
}

const boton = (enlace: string, texto: string): string =>
  `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:28px 0 4px"><tr><td class="boton" style="background:${C.marca};border-radius:12px"><a href="${esc(enlace)}" target="_blank" style="display:inline-block;padding:13px 26px;color:#FFFFFF;font-weight:700;text-decoration:none">${esc(texto)}</a></td></tr></table>`
