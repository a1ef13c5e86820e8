import { enlaceSiguiente } from 'aeroalpes-api/api/paginacion.ts'
import { suscripciones } from 'aeroalpes-api/sistema.ts'
import { enSerie } from './estadistica.ts'
import type { OrdenesDelGenerador } from './generador_hijo.ts'
import type { Hijo } from './hijo.ts'
import { actoresDe, type Credencial, leer, reservar } from './peticiones.ts'
import type { OrdenesDelServidor } from './servidor_hijo.ts'
import type { Sembrado } from './siembra.ts'
import type { OrdenesDelTecho } from './techo_hijo.ts'

/** Un servidor que atiende. `rss`: su memoria recién abierto (MB). */
export type Abierto = Readonly<{ hijo: Hijo<OrdenesDelServidor>; puerto: number; grpc: string; rss: number }>

/** Lo medido en una ronda, por nombre. Los ritmos son por segundo; lo que sigue a un punto acompaña a la medida de ese nombre. */
export type Ronda = Readonly<Record<string, number>>

/** Lo que se mide en cada ronda, durante unos `ms`. */
export type Medida = (ms: number) => Promise<Ronda>

type Partes = Readonly<{ generador: Hijo<OrdenesDelGenerador>; credencial: Credencial }>
type Pedido = Readonly<{
  servidor: Abierto
  peticiones: readonly string[]
  enVuelo: number
  estado?: number
  conLlave?: boolean
  /** Se pide por gRPC, un comando a la vez por cada uno de estos actores, en vez de lo anterior. */
  actores?: readonly string[]
  /** El pedido termina cuando esta suscripción hizo todo lo que le toca. Sin ella, con la última respuesta. */
  hasta?: string
}>

const EN_VUELO = 64

/** Carga el servidor y mira, mientras tanto, qué gasta y cómo está su bucle de eventos. Lanza si `hasta` no hizo exactamente lo pedido. */
const observar = async (
  { generador }: Partes,
  { servidor, peticiones, enVuelo, estado = 200, conLlave = false, actores, hasta }: Pedido,
  ms: number,
) => {
  const { hijo, puerto, grpc: direccion } = servidor
  const efectos = async () => (hasta === undefined ? 0 : hijo.pedir('efectos', { consumidor: hasta }))
  const antes = await efectos()
  await hijo.pedir('vigilar', {})
  const cargado =
    actores === undefined
      ? await generador.pedir('cargar', { puerto, peticiones, enVuelo, ms, estado, conLlave })
      : await generador.pedir('cargarGrpc', { direccion, actores, ms })
  const fin = hasta === undefined ? cargado.fin : await hijo.pedir('vaciar', { suscripcion: hasta })
  const vigilado = await hijo.pedir('vigilado', {})
  await hijo.pedir('vaciar', {})
  const hechos = (await efectos()) - antes
  if (hasta !== undefined && hechos !== cargado.respuestas)
    throw new Error(`Se respondió a ${cargado.respuestas} y ${hasta} hizo ${hechos}.`)
  return { ...cargado, ...vigilado, porSegundo: (cargado.respuestas * 1_000) / (fin - cargado.inicio) }
}

const medida =
  (partes: Partes, nombre: string, pedido: Pedido, valor: 'porSegundo' | 'p50' = 'porSegundo'): Medida =>
  async (ms) => {
    const visto = await observar(partes, pedido, ms)
    return {
      [nombre]: visto[valor],
      [`${nombre}.p99_ms`]: visto.p99,
      [`${nombre}.cpu_us`]: visto.cpuUs / visto.respuestas,
      [`${nombre}.uso_generador`]: visto.uso,
      [`${nombre}.uso_bucle`]: visto.usoDelBucle,
      [`${nombre}.retraso_bucle_p99_ms`]: visto.retrasoP99,
      [`${nombre}.rss_maxima_mb`]: visto.rssMaxima,
    }
  }

type DeEmpuje = Partes & Readonly<{ conInterfaz: Pick<Abierto, 'hijo' | 'puerto'> }>

/** Lo que tarda en saberlo quien pidió, con el reloj del servidor: su respuesta, y la trama que le dice cómo terminó (p99, ms). */
export const medidasDeEmpuje = ({ generador, credencial, conInterfaz }: DeEmpuje): readonly Medida[] => {
  const { hijo, puerto } = conInterfaz
  const empuje = (nombre: string, camino: Parameters<typeof reservar>[0], estado: number): Medida => {
    const peticiones = reservar(camino, credencial, { conSesion: true })
    return async (ms) => {
      await hijo.pedir('anotar', {})
      await generador.pedir('cargar', { puerto, peticiones, enVuelo: EN_VUELO, ms, estado })
      await hijo.pedir('vaciar', {})
      const visto = await hijo.pedir('empujado', {})
      if (visto === undefined) throw new Error('Nada se anotó.')
      return {
        [`${nombre}.respuesta_p99_ms`]: visto.respuestaP99,
        [`${nombre}.empuje_p50_ms`]: visto.empujeP50,
        [`${nombre}.empuje_p99_ms`]: visto.empujeP99,
        [`${nombre}.empuje/respuesta`]: visto.empujeP99 / visto.respuestaP99,
      }
    }
  }
  return [empuje('sincrona', '/vuelos/reserva', 200), empuje('comando', '/vuelos/reserva-comando', 202)]
}

type DeEscritura = Partes &
  Readonly<{ techo: Hijo<OrdenesDelTecho>; sinAlmacen: Abierto; sinConsumidores: Abierto; sinObservar: Abierto; completo: Abierto }>

/** Reservar: el almacén solo, HTTP solo, los dos juntos, y con quien consume. */
export const medidasDeEscritura = (partes: DeEscritura): readonly Medida[] => {
  const { techo, sinAlmacen, sinConsumidores, sinObservar, completo, credencial } = partes
  const sincronas = { peticiones: reservar('/vuelos/reserva', credencial), enVuelo: EN_VUELO }
  const comandos = { peticiones: reservar('/vuelos/reserva-comando', credencial), enVuelo: EN_VUELO, estado: 202 }
  const { eventos, comandos: porComando } = suscripciones
  return [
    async (ms) => ({ almacen_64: await techo.pedir('escribir', { porGrupo: EN_VUELO, ms }) }),
    medida(partes, 'http_64', { servidor: sinAlmacen, ...sincronas }),
    medida(partes, 'post_64', { servidor: sinConsumidores, ...sincronas }),
    medida(partes, 'post_sin_observar', { servidor: sinObservar, ...sincronas }),
    medida(partes, 'post_observado', {
      servidor: sinConsumidores,
      ...sincronas,
      peticiones: reservar('/vuelos/reserva', credencial, { conTraza: true }),
    }),
    medida(partes, 'tuberia_64', { servidor: completo, ...sincronas, hasta: eventos.nombre }),
    medida(partes, 'comando_64', { servidor: completo, ...comandos, hasta: porComando.nombre }),
    medida(partes, 'comando_con_llave_64', { servidor: completo, ...comandos, conLlave: true, hasta: porComando.nombre }),
    medida(partes, 'grpc_64', { servidor: completo, ...comandos, actores: actoresDe(credencial), hasta: porComando.nombre }),
    medida(partes, 'post_1', { servidor: sinConsumidores, ...sincronas, enVuelo: 1 }),
    medida(partes, 'http_1', { servidor: sinAlmacen, ...sincronas, enVuelo: 1 }),
    async (ms) => ({ almacen_1: await techo.pedir('escribir', { porGrupo: 1, ms }) }),
  ]
}

/** Un servidor con reservas sembradas. */
type Lleno = Readonly<{ servidor: Abierto; sembrado: Sembrado }>
type DeLectura = Partes & Readonly<{ sinAlmacen: Abierto; mil: Lleno; muchas: Lleno }>

/** El camino de la última página: el enlace que da la penúltima. */
const ultimaPagina = ({ antesDelFinal: ultimo }: Sembrado): string =>
  enlaceSiguiente('/vuelos/reserva', { pedidos: 0, recibidos: 0, ultimo })?.match(/<(.*)>/)?.[1] ?? ''

/** Leer: una reserva con y sin ir por ella (por segundo), y la lista con mil y con muchas (mediana en ms, de a una). */
export const medidasDeLectura = (partes: DeLectura): readonly Medida[] => {
  const { sinAlmacen, mil, muchas, credencial } = partes
  const caminos = muchas.sembrado.muestra.map((id) => `/vuelos/reserva/${id}`)
  const porId = { peticiones: leer(caminos, credencial), enVuelo: EN_VUELO }
  const lista = (nombre: string, { servidor }: Lleno, camino: string): Medida =>
    medida(partes, nombre, { servidor, peticiones: leer([camino], credencial), enVuelo: 1 }, 'p50')
  return [
    medida(partes, 'get_sin_leer', { servidor: sinAlmacen, ...porId }),
    medida(partes, 'get', { servidor: muchas.servidor, ...porId }),
    lista('lista_mil_primera', mil, '/vuelos/reserva'),
    lista('lista_muchas_primera', muchas, '/vuelos/reserva'),
    lista('lista_mil_ultima', mil, ultimaPagina(mil.sembrado)),
    lista('lista_muchas_ultima', muchas, ultimaPagina(muchas.sembrado)),
  ]
}

/** Las razones de una ronda: cada una compara cosas medidas con segundos de diferencia. */
export const razonesDe = (ronda: Ronda): Ronda => {
  const valor = (nombre: string): number => ronda[nombre] ?? Number.NaN
  const techo_en_serie = enSerie(valor('http_64'), valor('almacen_64'))
  const sobre = (nombre: string, techo: number): number => valor(nombre) / techo
  return {
    techo_en_serie,
    'techo_en_serie/techo_en_serie_1': techo_en_serie / enSerie(valor('http_1'), valor('almacen_1')),
    'post_64/techo_en_serie': sobre('post_64', techo_en_serie),
    'post_64/post_1': sobre('post_64', valor('post_1')),
    'tuberia_64/post_64': sobre('tuberia_64', valor('post_64')),
    'comando_64/post_64': sobre('comando_64', valor('post_64')),
    'grpc_64/comando_con_llave_64': sobre('grpc_64', valor('comando_con_llave_64')),
    'grpc_64/comando_64': sobre('grpc_64', valor('comando_64')),
    'get/get_sin_leer': sobre('get', valor('get_sin_leer')),
    'post_observado/post_sin_observar': sobre('post_observado', valor('post_sin_observar')),
    'lista_muchas/lista_mil': sobre('lista_muchas_primera', valor('lista_mil_primera')),
    'lista_ultima/lista_primera': sobre('lista_muchas_ultima', valor('lista_muchas_primera')),
    'rss_maxima/rss_reposo': sobre('comando_64.rss_maxima_mb', valor('rss_reposo_mb')),
  }
}
