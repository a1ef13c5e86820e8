import type { Logger } from 'pino'
import { ErrorDominio, noDisponible } from 'seedwork/dominio/errores.ts'
import { puntoDeCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'
import type { Reloj } from 'seedwork/infraestructura/puertos.ts'
import type { Correos, EstadoCorreo, Intento } from './almacen.ts'
import type { Api } from './api.ts'
import type { Remitente } from './correo/calendario.ts'
import { componerCorreo } from './correo/componer.ts'
import type { HechoDeReserva } from './correo/contenido.ts'
import { enMime } from './correo/mime.ts'
import type { Envio, Servidor } from './envio.ts'
import type { ContactoLeido } from './reserva.ts'

/** Un hecho de `eventos-reserva`, de qué reserva es y la traza que lo trajo. */
export type HechoRecibido = Readonly<{ evento: HechoDeReserva; id_reserva: string; traza?: string }>

type Partes = Readonly<{
  api: Api
  correos: Correos
  servidor: Servidor
  remitente: Remitente
  /** La dirección de la interfaz, para el enlace del correo. */
  pagina: string
  reloj: Reloj
  bitacora: Pick<Logger, 'info' | 'warn'>
}>

const SALDADOS: ReadonlySet<EstadoCorreo | undefined> = new Set(['enviado', 'ambiguo', 'sin_correo'])
/** Cuánto se insiste con un destinatario que dice «ahora no». */
const INSISTIR_MS = 24 * 60 * 60_000

/**
 * Envía el correo de un hecho a lo sumo una vez. Termina bien si no queda nada por hacer: salió, no hay a quién, o ya se había resuelto.
 * Lanza `no_disponible` si hay que repetirlo, y `correo_rechazado` si el servidor no lo quiere.
 */
export const entregador =
  (partes: Partes) =>
  async ({ evento, id_reserva, traza }: HechoRecibido): Promise<void> => {
    const { api, correos } = partes
    const intento: Intento = { id_evento: evento.id, id_reserva, tipo: evento.tipo }
    const estado = await correos.estado(evento.id)
    if (SALDADOS.has(estado)) return
    if (estado === 'enviando') throw enCurso()
    const contacto = await api.contacto(id_reserva, traza)
    if (contacto === undefined) return sinDestinatario(partes, intento)
    const mensaje = await escribir(partes, { evento, id_reserva, contacto, ...(traza !== undefined && { traza }) })
    await concluir(partes, intento, await enviar(partes, intento, { para: contacto.correo, mensaje }), evento.instante)
  }

const escribir = async (
  { api, remitente, pagina }: Partes,
  { evento, id_reserva, contacto, traza }: HechoRecibido & Readonly<{ contacto: ContactoLeido }>,
): Promise<Buffer> => {
  const reserva = await api.reserva(id_reserva, traza)
  const correo = componerCorreo({ reserva, evento, contacto, pagina, remitente })
  return enMime({ correo, evento, contacto, remitente, id_reserva })
}

/** Lo deja en manos del servidor. El intento se anota antes del punto final: sin anotar, el servidor no pudo aceptarlo. */
const enviar = async (
  { correos, servidor, remitente }: Partes,
  intento: Intento,
  { para, mensaje }: Readonly<{ para: string; mensaje: Buffer }>,
): Promise<Envio> => {
  let anotado: Promise<boolean> | undefined
  const antesDelFinal = async (): Promise<void> => {
    puntoDeCaida('correo.antes_de_anotar_intento')
    anotado = correos.intentar(intento)
    if (!(await anotado)) throw enCurso()
    puntoDeCaida('correo.despues_de_anotar_intento')
  }
  const envio = await servidor.enviar({ de: remitente.correo, para, mensaje, antesDelFinal })
  puntoDeCaida('correo.despues_de_responder')
  // Se rompió mientras se anotaba: consta que no salió, y la anotación no debe decir otra cosa.
  if (envio.resultado === 'no_aceptado' && (await anotado?.catch(() => false))) await correos.terminar(intento, 'pendiente', envio.detalle)
  return envio
}

const FINALES = { aceptado: 'enviado', rechazado: 'rechazado', sin_respuesta: 'ambiguo' } as const

const concluir = async ({ correos, bitacora, reloj }: Partes, intento: Intento, envio: Envio, nacido: number): Promise<void> => {
  if (envio.resultado === 'no_aceptado') {
    if (envio.suyo && reloj.ahora() - nacido > INSISTIR_MS) throw rechazado(envio.detalle)
    throw noDisponible('correo_no_aceptado', noAceptado(envio.detalle), { causa: envio.causa })
  }
  await correos.terminar(intento, FINALES[envio.resultado], envio.detalle)
  puntoDeCaida('correo.despues_de_anotar_final')
  if (envio.resultado === 'rechazado') throw rechazado(envio.detalle)
  if (envio.resultado === 'sin_respuesta') return bitacora.warn({ ...intento, detalle: envio.detalle }, AMBIGUO)
  bitacora.info(intento, 'correo enviado')
}

/** Lo que la bitácora dice de un correo del que no se sabe si salió. */
export const AMBIGUO = 'correo ambiguo: se perdió la respuesta del servidor y no se vuelve a enviar'

/** Las reservas que no salen de una oferta no tienen a quién escribirle. Se dice una vez por reserva. */
const sinDestinatario = async ({ correos, bitacora }: Partes, intento: Intento): Promise<void> => {
  const yaDicho = await correos.sinCorreo(intento.id_reserva)
  await correos.terminar(intento, 'sin_correo')
  if (!yaDicho) bitacora.info({ id_reserva: intento.id_reserva }, 'la reserva no tiene contacto: no se le escribe')
}

const noAceptado = (detalle: string) => ({
  es: `El servidor de correo no lo aceptó todavía: ${detalle}`,
  en: `The mail server has not accepted it yet: ${detalle}`,
})

const enCurso = (): ErrorDominio =>
  noDisponible('correo_en_curso', {
    es: 'Otro intento de enviar este mismo correo no ha terminado.',
    en: 'Another attempt to send this same e-mail has not finished.',
  })

const rechazado = (detalle: string): ErrorDominio =>
  new ErrorDominio({
    codigo: 'correo_rechazado',
    clase: 'invalido',
    texto: { es: `El servidor de correo lo rechazó: ${detalle}`, en: `The mail server refused it: ${detalle}` },
  })
