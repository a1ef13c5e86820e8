import { ErrorDominio } from '../dominio/errores.ts'
import { agrupar } from '../infraestructura/agrupar.ts'
import type { Almacen, Lector, Tx, UnidadDeTrabajo } from '../infraestructura/almacen/puerto.ts'
import { puntoDeCaida } from '../infraestructura/almacen/punto_de_caida.ts'
import type { Broker, Mensaje } from '../infraestructura/broker/puerto.ts'
import type { EnCurso } from '../infraestructura/consumo/paso.ts'
import type { Atributos } from '../infraestructura/mensajes/topico.ts'
import {
  aceptarOperacion,
  aceptarOperaciones,
  demorarOperacion,
  type ErrorDeOperacion,
  type NuevaOperacion,
  type Operacion,
  obtenerOperacion,
  terminarOperacion,
} from '../infraestructura/operaciones.ts'
import type { Entorno } from '../infraestructura/puertos.ts'
import { actorATexto } from './actor.ts'
import type { Comando, ContextoDeComando, DatosDe, Evento, Manejadores, Query, Reacciones, Respondedores, ResultadoDe } from './mensajes.ts'
import type { Origen } from './origen.ts'

/** Cómo sale cada evento del dominio hacia otros sistemas. */
export type Despachadores<E extends Evento> = {
  readonly [T in E['tipo']]: (evento: Extract<E, { tipo: T }>, origen: Origen, id: string) => Mensaje
}

/** Cómo se escribe cada comando cuando se pide para después. */
export type Solicitudes<C extends Comando> = { readonly [M in C as M['tipo']]: (datos: DatosDe<M>, atributos: Atributos) => Mensaje }

export type Partes<C extends Comando, E extends Evento, Q extends Query> = Readonly<{
  broker: Pick<Broker, 'publicar'>
  lector: Lector
  uow: UnidadDeTrabajo & Pick<Almacen, 'unaTrasOtra'>
  entorno: Pick<Entorno, 'reloj' | 'ids' | 'planificador'>
  manejadores: Manejadores<C, E>
  respondedores: Respondedores<Q>
  reacciones: Reacciones<E>
  despachadores: Despachadores<E>
  solicitudes: Solicitudes<C>
  /** El evento que anuncia que una operación terminó, con lo que ocurrió en ella. */
  anunciar: (operacion: Operacion, atributos: Atributos, eventos: readonly E[]) => Mensaje
  /** Se llama con el id de cada operación que este proceso terminó, ya durable. */
  alTerminar: (id: string) => void
}>

export type Ejecutor<C extends Comando, Q extends Query> = Readonly<{
  /** Cumple el comando dentro de `tx`: manejador, reacciones de otros módulos y mensajes hacia afuera, todo o nada. */
  ejecutar: <M extends C>(tx: Tx, comando: M, datos: DatosDe<M>, origen: Origen) => Promise<Readonly<{ resultado: ResultadoDe<M> }>>
  /** Deja el comando aceptado para después: la operación y su mensaje, en `tx`. Devuelve el id de la operación. */
  solicitar: <M extends C>(tx: Tx, comando: M, datos: DatosDe<M>, pedido: Pedido) => Promise<string>
  /** Lo mismo, en una unidad de trabajo que puede ser de varias solicitudes a la vez. Resuelve cuando es durable. */
  solicitarSuelta: <M extends C>(comando: M, datos: DatosDe<M>, pedido: Pedido) => Promise<string>
  /** Cumple en `tx` un comando que llegó por mensaje y termina su operación. Una regla rota también la termina; otro error se lanza. */
  atender: <M extends C>(tx: Tx, comando: M, datos: DatosDe<M>, mensaje: EnCurso & { sujeto: string }) => Promise<void>
  /** Anota que la operación del mensaje sigue abierta y por qué. */
  demorar: (tx: Tx, enCurso: EnCurso, error: unknown) => Promise<void>
  consultar: <M extends Q>(query: M, datos: DatosDe<M>, origen: Origen) => Promise<ResultadoDe<M>>
}>

/** Un comando aceptado: lo que se escribe de él. */
type Aceptada = Readonly<{ operacion: NuevaOperacion; mensaje: Mensaje }>

/** Donde las unidades corren a la vez, aceptar de a muchas cuesta una sentencia y un commit por tanda. */
const TANDAS = { maximo: 16, escritores: 2 }

export type Pedido = Readonly<{ sujeto: string; propietario: string; origen: Origen }>

type ManejadorSuelto = (
  contexto: ContextoDeComando,
  datos: unknown,
) => Promise<Readonly<{ resultado: unknown; eventos: readonly Evento[] }>>

/** Une manejadores, reacciones y despachadores: lo único que sabe qué pasa, y en qué orden, cuando se cumple un comando. */
export const crearEjecutor = <C extends Comando, E extends Evento, Q extends Query>(partes: Partes<C, E, Q>): Ejecutor<C, Q> => {
  const { broker, lector, entorno, uow } = partes
  const { reloj, ids } = entorno
  // Las tablas son exactas hacia afuera; aquí se recorren por nombre.
  const manejadores = partes.manejadores as unknown as Readonly<Record<string, ManejadorSuelto>>
  const reacciones = partes.reacciones as unknown as Readonly<
    Record<string, readonly ((contexto: ContextoDeComando, evento: Evento) => Promise<void>)[]>
  >
  const despachadores = partes.despachadores as unknown as Readonly<Record<string, (evento: Evento, origen: Origen, id: string) => Mensaje>>
  const solicitudes = partes.solicitudes as unknown as Readonly<Record<string, (datos: unknown, atributos: Atributos) => Mensaje>>
  const respondedores = partes.respondedores as unknown as Readonly<Record<string, (contexto: unknown, datos: unknown) => Promise<unknown>>>

  const cumplir = async (tx: Tx, tipo: string, datos: unknown, origen: Origen) => {
    const contexto: ContextoDeComando = { tx, reloj, ids, origen }
    puntoDeCaida('comando.antes_de_manejar')
    const { resultado, eventos } = await deTabla(manejadores, tipo)(contexto, datos)
    puntoDeCaida('comando.despues_de_manejar')
    const mensajes: Mensaje[] = []
    for (const evento of eventos) {
      for (const reaccion of deTabla(reacciones, evento.tipo)) await reaccion(contexto, evento)
      mensajes.push(deTabla(despachadores, evento.tipo)(evento, origen, ids()))
    }
    await broker.publicar(tx, mensajes)
    return { resultado, eventos: eventos as readonly E[] }
  }

  const aceptar = (tipo: string, datos: unknown, { sujeto, propietario, origen }: Pedido): Aceptada => {
    const id = ids()
    const instante = reloj.ahora()
    return {
      operacion: { id, comando: tipo, sujeto, actor: actorATexto(origen.actor), fecha_creacion: instante },
      mensaje: deTabla(solicitudes, tipo)(datos, atributosDe({ sujeto, propietario, origen }, { id, instante })),
    }
  }

  const solicitar = async (tx: Tx, tipo: string, datos: unknown, pedido: Pedido): Promise<string> => {
    const { operacion, mensaje } = aceptar(tipo, datos, pedido)
    aceptarOperacion(tx, operacion)
    await broker.publicar(tx, [mensaje])
    return operacion.id
  }

  const enTanda = agrupar<Aceptada>({
    ...TANDAS,
    entorno,
    hacer: (tanda) =>
      uow.ejecutar(async (tx) => {
        const operaciones = tanda.map(({ operacion }) => operacion)
        aceptarOperaciones(tx, operaciones)
        const mensajes = tanda.map(({ mensaje }) => mensaje)
        await broker.publicar(tx, mensajes)
      }),
  })

  const solicitarSuelta = async (tipo: string, datos: unknown, pedido: Pedido): Promise<string> => {
    if (uow.unaTrasOtra) return uow.ejecutar((tx) => solicitar(tx, tipo, datos, pedido))
    const aceptada = aceptar(tipo, datos, pedido)
    await enTanda(aceptada)
    return aceptada.operacion.id
  }

  const atender = async (
    tx: Tx,
    tipo: string,
    datos: unknown,
    { entrega, origen, sujeto }: EnCurso & { sujeto: string },
  ): Promise<void> => {
    const id = entrega.mensaje.id
    aceptarOperacion(tx, { id, comando: tipo, sujeto, actor: actorATexto(origen.actor), fecha_creacion: entrega.mensaje.instante })
    const { eventos, error } = await tx
      .savepoint((parte) => cumplir(parte, tipo, datos, origen))
      .then((cumplido) => ({ eventos: cumplido.eventos, error: null }), terminal)
    puntoDeCaida('operacion.antes_de_terminar')
    terminarOperacion(tx, { id, eventos: eventos.map((evento) => evento.tipo), error, instante: reloj.ahora() })
    await anunciar(tx, id, { origen, propietario: entrega.mensaje.propiedades.propietario ?? '', eventos })
    tx.alConfirmar(() => partes.alTerminar(id))
    puntoDeCaida('operacion.despues_de_terminar')
  }

  const anunciar = async (
    tx: Tx,
    id: string,
    { eventos, ...pedido }: Omit<Pedido, 'sujeto'> & { eventos: readonly E[] },
  ): Promise<void> => {
    const operacion = await obtenerOperacion(tx, id)
    const atributos = atributosDe({ ...pedido, sujeto: operacion.sujeto }, { id: ids(), instante: reloj.ahora() })
    await broker.publicar(tx, [partes.anunciar(operacion, atributos, eventos)])
  }

  return {
    ejecutar: (tx, comando, datos, origen) => cumplir(tx, comando.tipo, datos, origen) as Promise<never>,
    solicitarSuelta: (comando, datos, pedido) => solicitarSuelta(comando.tipo, datos, pedido),
    solicitar: (tx, comando, datos, pedido) => solicitar(tx, comando.tipo, datos, pedido),
    atender: (tx, comando, datos, mensaje) => atender(tx, comando.tipo, datos, mensaje),
    demorar: async (tx, { entrega }, error) =>
      demorarOperacion(tx, { id: entrega.mensaje.id, error: errorDe(error), instante: reloj.ahora() }),
    consultar: (query, datos, origen) => deTabla(respondedores, query.tipo)({ lector, origen }, datos) as Promise<never>,
  }
}

/** Los atributos de un mensaje que nace de un pedido: hereda su actor, su conversación y su traza. */
export const atributosDe = ({ sujeto, propietario, origen }: Pedido, { id, instante }: Pick<Atributos, 'id' | 'instante'>): Atributos => ({
  id,
  instante,
  sujeto,
  correlacion: origen.correlacion,
  causa: origen.causa,
  actor: actorATexto(origen.actor),
  propietario,
  ...(origen.traza !== undefined && { traza: origen.traza }),
})

const deTabla = <V>(tabla: Readonly<Record<string, V>>, nombre: string): V => {
  const valor = Object.hasOwn(tabla, nombre) ? tabla[nombre] : undefined
  if (valor === undefined) throw new Error(`Nadie declaró «${nombre}».`)
  return valor
}

/** Lo que repetir no arregla termina la operación; lo demás se repite, así que se lanza. */
const terminal = (error: unknown): { eventos: readonly never[]; error: ErrorDeOperacion } => {
  const definitivo =
    error instanceof ErrorDominio && (['regla', 'invalido', 'no_encontrado', 'prohibido'] as readonly string[]).includes(error.clase)
  if (!definitivo) throw error
  return { eventos: [], error: errorDe(error) }
}

const errorDe = (error: unknown): ErrorDeOperacion =>
  error instanceof ErrorDominio
    ? { codigo: error.codigo, clase: error.clase, es: error.texto.es, en: error.texto.en }
    : {
        codigo: 'error_interno',
        clase: 'interno',
        es: 'Algo falló por dentro; se volverá a intentar.',
        en: 'Something failed inside; it will be tried again.',
      }
