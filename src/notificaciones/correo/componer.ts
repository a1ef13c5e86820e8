import { type Calendario, calendariosDe, type Remitente } from './calendario.ts'
import { contenidoDe, type ParaCorreo } from './contenido.ts'
import { enHtml } from './html.ts'
import { enTexto } from './texto.ts'

/** Un correo escrito, en el idioma de quien lo recibe. */
export type Correo = Readonly<{ asunto: string; texto: string; html: string; calendarios: readonly Calendario[] }>

/** Escribe el correo que cuenta un hecho de una reserva. Los mismos datos dan siempre el mismo correo. */
export const componerCorreo = (datos: ParaCorreo & Readonly<{ remitente: Remitente }>): Correo => {
  const contenido = contenidoDe(datos)
  return { asunto: contenido.asunto, texto: enTexto(contenido), html: enHtml(contenido), calendarios: calendariosDe(datos) }
}
