import { Readable } from 'node:stream'
import type { Transporter } from 'nodemailer'
import type { Planificador } from 'seedwork/infraestructura/puertos.ts'

/**
 * Cómo terminó un envío.
 * - `aceptado` y `rechazado` (5xx sobre este correo o su destinatario) son la palabra del servidor.
 * - `no_aceptado`: consta que no lo aceptó, y repetirlo es seguro. `suyo` si el «ahora no» (4xx) fue para este correo, y no para todos.
 * - `sin_respuesta`: se le entregó entero y no se supo qué hizo con él.
 */
export type Envio =
  | Readonly<{ resultado: 'aceptado' | 'rechazado' | 'sin_respuesta'; detalle: string }>
  | Readonly<{ resultado: 'no_aceptado'; detalle: string; suyo: boolean; causa: unknown }>

export type AEnviar = Readonly<{
  de: string
  para: string
  mensaje: Buffer
  /** Corre con el cuerpo ya enviado y antes del punto final. Si rechaza, el correo no sale. */
  antesDelFinal: () => Promise<void>
}>

export type Servidor = Readonly<{ enviar: (correo: AEnviar) => Promise<Envio>; cerrar: () => void }>

type Partes = Readonly<{
  /** `smtp(s)://…`. Se pregunta con el primer correo. */
  smtpUrl: () => Promise<string>
  conexiones: number
  planificador: Planificador
  plazoMs?: number
}>

/** Lo más que se espera por un correo, desde que se pide hasta la última respuesta. */
const PLAZO_MS = 10_000
/** Con el cuerpo ya en camino: lo que tarda en llegar la noticia de que el otro lado se fue. */
const ANTES_DEL_FINAL_MS = 20
const CRLF = 2

/**
 * Un servidor SMTP, con conexiones que se reutilizan. SMTP no permite preguntar qué pasó con un correo, así que importa saber si pudo
 * aceptarlo: sólo puede después de recibir el punto final, que aquí se da aparte y al último. Un corte anterior se repite sin riesgo;
 * uno posterior, sin respuesta, no se repite nunca.
 */
export const servidorSmtp = ({ smtpUrl, conexiones, planificador, plazoMs = PLAZO_MS }: Partes): Servidor => {
  const enCurso = new Map<unknown, (cuerpo: Readable) => Readable>()
  let abierto: Promise<Transporter> | undefined

  /** Se carga con el primer correo: quien no envía ninguno no ocupa lo que pesa. Si falla, el siguiente lo intenta otra vez. */
  const transporteAbierto = (): Promise<Transporter> => {
    abierto ??= abrir().catch((error: unknown) => {
      abierto = undefined
      throw error
    })
    return abierto
  }

  const abrir = async (): Promise<Transporter> => {
    const [{ createTransport }, url] = await Promise.all([import('nodemailer'), smtpUrl()])
    const transporte = createTransport({
      url,
      pool: true,
      maxConnections: conexiones,
      maxRequeues: 0, // quien repite es el consumidor, que sabe si es seguro
      connectionTimeout: plazoMs,
      greetingTimeout: plazoMs,
      socketTimeout: plazoMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    // Corre con el correo ya dispuesto. Lo que devuelve no se lee hasta que el servidor acepta DATA.
    transporte.use('stream', (correo, listo) => {
      const porPartes = enCurso.get(correo.data.raw)
      if (porPartes) correo.message.processFunc(porPartes)
      listo()
    })
    return transporte
  }

  const enviar = async ({ de, para, mensaje, antesDelFinal }: AEnviar): Promise<Envio> => {
    const transporte = await transporteAbierto()
    const marcha = { terminada: false, final: false }
    const control = new AbortController()
    const alarma = planificador.tras(plazoMs, () => control.abort())
    enCurso.set(mensaje, (cuerpo) => {
      cuerpo.destroy()
      return Readable.from(conFinalAparte({ mensaje, marcha, planificador, antesDelFinal }), { objectMode: false })
    })
    try {
      const { response } = await transporte.sendMail({ raw: mensaje, envelope: { from: de, to: para }, signal: control.signal })
      return { resultado: 'aceptado', detalle: response ?? '' }
    } catch (error) {
      return trasFallar(error as ErrorSmtp, marcha.final)
    } finally {
      marcha.terminada = true
      alarma.cancelar()
      enCurso.delete(mensaje)
    }
  }
  return {
    enviar,
    cerrar: () =>
      void abierto?.then(
        (transporte) => transporte.close(),
        () => {},
      ),
  }
}

type Marcha = { terminada: boolean; final: boolean }

/** El correo menos su último salto de línea; después, si nada se rompió y está anotado, el resto, tras el que va el punto. */
async function* conFinalAparte({
  mensaje,
  marcha,
  planificador,
  antesDelFinal,
}: Pick<AEnviar, 'mensaje' | 'antesDelFinal'> & Readonly<{ marcha: Marcha; planificador: Planificador }>): AsyncGenerator<Buffer> {
  const exigirEnMarcha = (): void => {
    if (marcha.terminada) throw new Error('El envío terminó antes del punto final.')
  }
  const corte = Math.max(0, mensaje.length - CRLF)
  yield mensaje.subarray(0, corte)
  await new Promise<void>((seguir) => planificador.tras(ANTES_DEL_FINAL_MS, seguir))
  exigirEnMarcha()
  await antesDelFinal()
  exigirEnMarcha()
  marcha.final = true
  yield mensaje.subarray(corte)
}

type ErrorSmtp = Error & Readonly<{ code?: string; command?: string; responseCode?: number; permanent?: boolean }>

const trasFallar = (error: ErrorSmtp, final: boolean): Envio => {
  const detalle = error.message
  if (esDeEsteCorreo(error)) {
    const definitivo = error.permanent ?? error.responseCode === undefined
    return definitivo ? { resultado: 'rechazado', detalle } : { resultado: 'no_aceptado', detalle, suyo: true, causa: error }
  }
  return final ? { resultado: 'sin_respuesta', detalle } : { resultado: 'no_aceptado', detalle, suyo: false, causa: error }
}

/** Una respuesta sobre el destinatario o el contenido. La del remitente (MAIL FROM) sería igual para todos. Cerrar (421), también. */
const esDeEsteCorreo = ({ code, command, responseCode }: ErrorSmtp): boolean => {
  if (responseCode === 421) return false
  if (code === 'EENVELOPE') return command !== 'MAIL FROM'
  return code === 'EMESSAGE'
}
