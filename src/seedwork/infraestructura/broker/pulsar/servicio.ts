/** Dónde está Pulsar y con qué se entra. */
export type ServicioPulsar = Readonly<{
  host: string
  /** El de la API de administración, que es también el de los WebSocket. */
  puertoHttp: number
  inquilino: string
  espacio: string
  /** JWT que va en cada pedido. */
  token?: string
  /** `https` y `wss`; `ca` es el PEM de quien firmó su certificado, si no es de los que Node ya conoce. */
  tls?: boolean | Readonly<{ ca?: string }>
}>

/** Lo que se puede dejar sin decir: el inquilino y el espacio de nombres del tutorial. */
export type ServicioDado = Omit<ServicioPulsar, 'inquilino' | 'espacio'> & Partial<Pick<ServicioPulsar, 'inquilino' | 'espacio'>>

export const servicioPulsar = (dado: ServicioDado): ServicioPulsar => ({ inquilino: 'public', espacio: 'default', ...dado })

/** El certificado de quien firma, si hay que darlo. */
export const caDe = ({ tls }: ServicioPulsar): string | undefined => (typeof tls === 'object' ? tls.ca : undefined)

export const cabecerasDe = ({ token }: ServicioPulsar): Readonly<Record<string, string>> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

/** `ws(s)://…/ws/v2/<tipo>/persistent/<inquilino>/<espacio>/<topico>[/<suscripcion>]?…` */
export const direccionWs = (
  servicio: ServicioPulsar,
  tipo: 'producer' | 'consumer' | 'reader',
  camino: readonly string[],
  parametros: Readonly<Record<string, string>>,
): string => {
  const { host, puertoHttp, inquilino, espacio, tls } = servicio
  const partes = ['persistent', inquilino, espacio, ...camino].map(encodeURIComponent).join('/')
  return `${tls ? 'wss' : 'ws'}://${host}:${puertoHttp}/ws/v2/${tipo}/${partes}?${new URLSearchParams(parametros)}`
}
