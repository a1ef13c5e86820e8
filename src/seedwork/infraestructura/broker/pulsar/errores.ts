import { ErrorDominio, noDisponible } from '../../../dominio/errores.ts'
import type { ServicioPulsar } from './servicio.ts'

const sinRemedio = (codigo: string, es: string, en: string): ErrorDominio =>
  new ErrorDominio({ codigo, clase: 'conflicto', texto: { es, en } })

export const noAutorizado = ({ host, puertoHttp, inquilino, espacio, token }: ServicioPulsar): ErrorDominio =>
  token === undefined
    ? sinRemedio(
        'pulsar_no_autorizado',
        `Pulsar (${host}:${puertoHttp}) pide credenciales para «${inquilino}/${espacio}» y no se le dio ningún token.`,
        `Pulsar (${host}:${puertoHttp}) asks for credentials for "${inquilino}/${espacio}" and no token was given.`,
      )
    : sinRemedio(
        'pulsar_no_autorizado',
        `Pulsar (${host}:${puertoHttp}) no acepta el token dado para «${inquilino}/${espacio}»: venció, o le faltan permisos.`,
        `Pulsar (${host}:${puertoHttp}) does not accept the given token for "${inquilino}/${espacio}": it expired or lacks permissions.`,
      )

export const espacioInexistente = ({ inquilino, espacio }: ServicioPulsar): ErrorDominio =>
  sinRemedio(
    'pulsar_sin_espacio',
    `Pulsar no tiene el espacio de nombres «${inquilino}/${espacio}»: créalo (pulsar-admin namespaces create ${inquilino}/${espacio}) o da otro.`,
    `Pulsar has no namespace "${inquilino}/${espacio}": create it (pulsar-admin namespaces create ${inquilino}/${espacio}) or give another.`,
  )

export const brokerAntiguo = (version: string, minima: string): ErrorDominio =>
  sinRemedio(
    'pulsar_antiguo',
    `Pulsar es la versión ${version} y hace falta la ${minima} o posterior.`,
    `Pulsar is version ${version}; ${minima} or later is needed.`,
  )

/** Nadie contesta, o contesta que ahora no puede: se vuelve a intentar. */
export const pulsarNoDisponible = ({ host, puertoHttp }: ServicioPulsar, detalle: string, causa?: unknown): ErrorDominio =>
  noDisponible(
    'pulsar_no_disponible',
    {
      es: `Pulsar no está disponible en ${host}:${puertoHttp} (${detalle}).`,
      en: `Pulsar is not available at ${host}:${puertoHttp} (${detalle}).`,
    },
    { causa },
  )

/** El upgrade o el pedido se rechazó con este estado de HTTP: unos no tienen remedio y los demás se reintentan. */
export const errorDeEstado = (servicio: ServicioPulsar, estado: number, detalle: string): ErrorDominio => {
  if (estado === 401 || estado === 403) return noAutorizado(servicio)
  if (estado === 404 && /namespace/i.test(detalle)) return espacioInexistente(servicio)
  return pulsarNoDisponible(servicio, `HTTP ${estado}${detalle === '' ? '' : `: ${detalle.slice(0, 200)}`}`)
}
