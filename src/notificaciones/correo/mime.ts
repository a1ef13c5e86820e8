import { dominioDe, type Remitente } from './calendario.ts'
import type { Correo } from './componer.ts'
import type { ParaCorreo } from './contenido.ts'

export const CABECERA_RESERVA = 'X-AeroAlpes-Reserva'
export const CABECERA_EVENTO = 'X-AeroAlpes-Evento'

type ParaMime = Pick<ParaCorreo, 'evento' | 'contacto'> & Readonly<{ correo: Correo; remitente: Remitente; id_reserva: string }>

/** Sale del evento: quien reciba dos veces el mismo correo sabe que es uno solo. */
export const idDeMensaje = (id_evento: string, remitente: Remitente): string => `<${id_evento}@${dominioDe(remitente.correo)}>`

/** Los bytes del correo (RFC 5322). Los de una misma reserva forman una conversación. */
export const enMime = async ({ correo, evento, contacto, remitente, id_reserva }: ParaMime): Promise<Buffer> => {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  return new MailComposer({
    from: { name: remitente.nombre, address: remitente.correo },
    to: { name: contacto.nombre, address: contacto.correo },
    subject: correo.asunto,
    date: new Date(evento.instante),
    messageId: idDeMensaje(evento.id, remitente),
    references: idDeMensaje(`reserva.${id_reserva}`, remitente),
    headers: { [CABECERA_RESERVA]: id_reserva, [CABECERA_EVENTO]: evento.id, 'Auto-Submitted': 'auto-generated' },
    text: correo.texto,
    html: correo.html,
    attachments: correo.calendarios.map(({ nombre, metodo, contenido }) => ({
      filename: nombre,
      content: contenido,
      contentType: `text/calendar; charset=utf-8; method=${metodo}`,
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  })
    .compile()
    .build()
}
