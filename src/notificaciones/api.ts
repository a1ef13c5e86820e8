import type { Actor } from 'seedwork/aplicacion/actor.ts'
import { ErrorDominio, noDisponible } from 'seedwork/dominio/errores.ts'
import type { Planificador } from 'seedwork/infraestructura/puertos.ts'
import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { ContactoLeido, ReservaLeida } from './reserva.ts'

/** Lo que se le pregunta a la API cuando un correo va a salir. */
export type Api = Readonly<{
  /** A quién se le escribe; `undefined` si la reserva no tiene contacto. */
  contacto: (id_reserva: string, traza?: string) => Promise<ContactoLeido | undefined>
  reserva: (id_reserva: string, traza?: string) => Promise<ReservaLeida>
}>

type Partes = Readonly<{ api: string; firmar: (actor: Actor) => string; planificador: Planificador; plazoMs?: number }>

const SOY: Actor = { id: 'notificaciones', rol: 'servicio' }
const PLAZO_MS = 5_000
/** Los que dicen que la API no está, y no que algo de este mensaje esté mal. */
const AUSENTE = new Set([429, 502, 503, 504])

/**
 * La API por HTTP, como servicio. Si no está, no responde a tiempo o no reconoce la firma (la hora o la clave de uno de los dos está mal: no es culpa
 * del mensaje) lanza `no_disponible`: se le volverá a preguntar cuanto haga falta.
 * Si responde otra cosa que lo esperado lanza `respuesta_inesperada`: se repite unas veces y después se aparta.
 */
export const apiPorHttp = ({ api, firmar, planificador, plazoMs = PLAZO_MS }: Partes): Api => {
  const pedir = async (camino: string, traza: string | undefined): Promise<Response> => {
    const control = new AbortController()
    const alarma = planificador.tras(plazoMs, () => control.abort())
    const cabeceras = { 'x-actor': firmar(SOY), accept: 'application/json', ...(traza !== undefined && { traceparent: traza }) }
    try {
      const respuesta = await fetch(`${api}${camino}`, { headers: cabeceras, signal: control.signal, redirect: 'error' })
      const cuerpo = await respuesta.arrayBuffer()
      if (respuesta.status === 401) throw sinReconocer()
      if (!AUSENTE.has(respuesta.status)) return new Response(cuerpo, { status: respuesta.status })
    } catch (causa) {
      throw causa instanceof ErrorDominio ? causa : apiAusente(causa)
    } finally {
      alarma.cancelar()
    }
    throw apiAusente()
  }
  const raiz = (id: string): string => `/vuelos/reserva/${encodeURIComponent(id)}`
  return {
    contacto: async (id, traza) => {
      const respuesta = await pedir(`${raiz(id)}/contacto`, traza)
      return respuesta.status === 404 ? undefined : leer(respuesta, ContactoLeido)
    },
    reserva: async (id, traza) => leer(await pedir(raiz(id), traza), ReservaLeida),
  }
}

const leer = async <T extends TSchema>(respuesta: Response, esquema: T): Promise<Static<T>> => {
  if (respuesta.status !== 200) throw respuestaInesperada(`estado ${respuesta.status}`)
  const cuerpo: unknown = await respuesta.json().catch(() => undefined)
  if (!Check(esquema, cuerpo)) throw respuestaInesperada('el cuerpo no tiene la forma esperada')
  return cuerpo as Static<T>
}

const apiAusente = (causa?: unknown): ErrorDominio =>
  noDisponible('api_ausente', { es: 'La API no responde.', en: 'The API does not answer.' }, { causa })

const sinReconocer = (): ErrorDominio =>
  noDisponible('api_no_reconoce', {
    es: 'La API no reconoce la firma de las notificaciones: su hora o su clave no son las de ella.',
    en: 'The API does not accept the signature of the notifications: their clock or their key is not its own.',
  })

const respuestaInesperada = (que: string): ErrorDominio =>
  new ErrorDominio({
    codigo: 'respuesta_inesperada',
    clase: 'interno',
    texto: { es: `La API respondió lo que no se esperaba: ${que}.`, en: `The API answered something unexpected: ${que}.` },
  })
