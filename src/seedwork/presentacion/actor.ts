import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { type Actor, ANONIMO, actorATexto, esActorConocido, type Rol } from '../aplicacion/actor.ts'
import { ErrorDominio } from '../dominio/errores.ts'
import type { Instante } from '../dominio/instante.ts'

/** La clave con que la página y los servicios firman: 32 bytes o más. */
export type ClaveActor = Buffer | KeyObject

/** La clave lista para firmar muchas veces: con los bytes sueltos, cada firma los prepara de nuevo y cuesta siete veces más. */
export const prepararClave = (clave: ClaveActor): KeyObject => (Buffer.isBuffer(clave) ? createSecretKey(clave) : clave)

const CABECERA_MAXIMA = 1_024

const firma = (clave: ClaveActor, carga: string): string => createHmac('sha256', clave).update(carga).digest('base64url')

/** La cabecera `X-Actor` que prueba quién es `actor` hasta el instante `vence`. Al anónimo no se le firma nada. */
export const firmarActor = (clave: ClaveActor, actor: Actor, vence: Instante): string => {
  if (!esActorConocido(actor.id, actor.rol)) throw new TypeError(`No se puede firmar el actor ${actorATexto(actor)}`)
  const carga = Buffer.from(JSON.stringify({ id: actor.id, rol: actor.rol, vence })).toString('base64url')
  return `${carga}.${firma(clave, carga)}`
}

const invalido = (): ErrorDominio =>
  new ErrorDominio({
    codigo: 'actor_invalido',
    clase: 'no_autenticado',
    texto: {
      es: 'La cabecera X-Actor no lleva una firma válida y vigente.',
      en: 'The X-Actor header does not carry a valid, current signature.',
    },
  })

/** Se comparan los textos, no los bytes que dicen: una firma tiene una sola escritura. */
const mismaFirma = (una: string, otra: string): boolean => {
  const [a, b] = [Buffer.from(una), Buffer.from(otra)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const leerCarga = (carga: string): Readonly<{ id?: unknown; rol?: unknown; vence?: unknown }> => {
  try {
    const valor: unknown = JSON.parse(Buffer.from(carga, 'base64url').toString())
    return typeof valor === 'object' && valor !== null ? valor : {}
  } catch {
    return {}
  }
}

/** Lo que una cabecera prueba, y hasta cuándo. */
type Credencial = Readonly<{ actor: Actor; vence: Instante }>

/** Lanza si no la firmó `clave`. Si venció, no lo mira. */
const comprobar = (clave: ClaveActor, cabecera: string): Credencial => {
  if (cabecera.length > CABECERA_MAXIMA) throw invalido()
  const [carga = '', suFirma = '', sobra] = cabecera.split('.', 3)
  if (sobra !== undefined || !mismaFirma(firma(clave, carga), suFirma)) throw invalido()
  const { id, rol, vence } = leerCarga(carga)
  if (!esActorConocido(id, rol) || typeof vence !== 'number') throw invalido()
  return { actor: { id: id as string, rol: rol as Rol }, vence }
}

export type LectorDeActores = (cabecera: string | undefined, ahora: Instante) => Actor

/** Cuántas cabeceras ya comprobadas se recuerdan. */
const RECORDADAS = 1_024

/**
 * Da el actor de la cabecera `X-Actor`. Sin cabecera es el anónimo; con una falsa, vencida o mal formada lanza `actor_invalido` (clase
 * `no_autenticado`), y no dice cuál de las tres cosas pasó. La firma de una cabecera se comprueba una vez y se recuerda, letra por letra; su
 * hora se mira siempre. Comprobarla cada vez era la décima parte de aceptar un comando.
 */
export const lectorDeActores = (clave: ClaveActor): LectorDeActores => {
  const recordadas = new Map<string, Credencial>()
  const recordar = (cabecera: string, credencial: Credencial): void => {
    if (recordadas.size >= RECORDADAS) recordadas.delete(recordadas.keys().next().value as string)
    recordadas.set(cabecera, credencial)
  }
  return (cabecera, ahora) => {
    if (cabecera === undefined) return ANONIMO
    const conocida = recordadas.get(cabecera)
    const credencial = conocida ?? comprobar(clave, cabecera)
    if (!(ahora < credencial.vence)) throw invalido()
    if (conocida === undefined) recordar(cabecera, credencial)
    return credencial.actor
  }
}
