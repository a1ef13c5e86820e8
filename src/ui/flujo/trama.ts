import { actorDeTexto, esInvitado } from 'seedwork/aplicacion/actor.ts'
import type { Instante } from 'seedwork/dominio/instante.ts'
import type { MensajeRecibido } from 'seedwork/infraestructura/broker/puerto.ts'
import { lectorDeContrato } from 'seedwork/infraestructura/mensajes/contrato.ts'
import type { EsquemasConocidos } from 'seedwork/infraestructura/mensajes/lectura.ts'
import { eventosOperacion, eventosReserva } from '../../../contratos/mensajes.ts'

/** Lo que se muestra de un mensaje: a quién (`claves`) y qué. Los textos se arman la primera vez que alguien los recibe. */
export type Aviso = Readonly<{
  posicion: string
  instante: Instante
  claves: readonly string[]
  /** Los bytes que ocupa el mensaje de que salió. */
  tamano: number
  /** El JSON de la trama, sin su `posicion` ni la llave que lo cierra; `undefined` si el mensaje no se puede leer. */
  cuerpo: () => string | undefined
  /** La trama como la enviaba el tutorial: `data` y nada más. */
  tutorial: () => string | undefined
}>

type Contexto = Readonly<{ esquemas: EsquemasConocidos; alNoLeer: (error: unknown, mensaje: MensajeRecibido) => void }>

export type Interprete = Readonly<{ topico: string; interpretar: (mensaje: MensajeRecibido) => Aviso }>

/** Lo que el tutorial escribe cuando no hay cliente: también el de un invitado, cuyo identificador es sólo suyo. */
const SIN_CLIENTE = 'None'
const deInvitado = (id: string): boolean => id === '' || id === SIN_CLIENTE || esInvitado(id)

export const claveDeSesion = (id: string): string => `sesion:${id}`
/** El identificador de una reserva de invitado es su llave: quien lo conoce puede verla. */
export const claveDeReserva = (id: string): string => `reserva:${id}`
export const PARA_TODOS = 'todos'

type Datos = Readonly<{ id_reserva: string | null; id_cliente: string; estado: string | null; fecha_creacion: number | null }>

/** `calcular`, la primera vez que haga falta y ninguna más. */
export const unaVez = <T>(calcular: () => T): (() => T) => {
  let valor: { de: T } | undefined
  return () => {
    valor ??= { de: calcular() }
    return valor.de
  }
}

type Trama = Readonly<{ data: Datos } & Record<string, unknown>>
type Partes = Readonly<{ mensaje: MensajeRecibido; claves: () => readonly string[]; trama: () => Trama }>

/** Un mensaje que no se entiende no detiene a los demás: no es para nadie. */
const avisoDe = ({ mensaje, claves, trama }: Partes, alNoLeer: Contexto['alNoLeer']): Aviso => {
  const intentar = <T>(que: () => T): T | undefined => {
    try {
      return que()
    } catch (error) {
      alNoLeer(error, mensaje)
      return undefined
    }
  }
  const leida = unaVez(() => intentar(trama))
  const conLeida = (escribir: (leida: Trama) => string) =>
    unaVez(() => {
      const valor = leida()
      return valor && escribir(valor)
    })
  return {
    posicion: mensaje.posicion,
    instante: mensaje.instante,
    claves: intentar(claves) ?? [],
    tamano: mensaje.datos.byteLength,
    cuerpo: conLeida((valor) => JSON.stringify(valor).slice(0, -1)),
    tutorial: conLeida(({ data }) => JSON.stringify({ data })),
  }
}

const deSesiones = (ids: readonly string[]): readonly string[] => [...new Set(ids.filter((id) => id !== ''))].map(claveDeSesion)

const idDeActor = ({ actor = '' }: MensajeRecibido['propiedades']): string => {
  const conocido = actorDeTexto(actor)
  return conocido?.rol === 'viajero' ? conocido.id : ''
}

/** Si lo pidió alguien que no es nadie conocido: entonces lo ve quien conozca la reserva. */
const pidioInvitado = ({ actor = 'anonimo' }: MensajeRecibido['propiedades'], id: string): boolean =>
  actor === 'anonimo' || (id !== '' && esInvitado(id))

/** Los avisos de `eventos-reserva`. Con `emitirTodo`, cada uno es para todos. */
export const interpreteDeReservas = ({ esquemas, alNoLeer }: Contexto, emitirTodo: boolean): Interprete => {
  const leer = lectorDeContrato(eventosReserva)
  return {
    topico: eventosReserva.nombre,
    interpretar: (mensaje) => {
      const { propietario = '', subject, causationid, correlationid } = mensaje.propiedades
      const leido = unaVez(() => leer(mensaje, esquemas))
      const claves = () => [
        ...deSesiones([propietario, idDeActor(mensaje.propiedades)]),
        ...(deInvitado(propietario) ? [claveDeReserva(subject ?? leido().valor.data.id_reserva ?? '')] : []),
        ...(emitirTodo ? [PARA_TODOS] : []),
      ]
      const trama = () => {
        const { tipo, valor } = leido()
        const { id_reserva, id_cliente, estado, fecha_creacion } = valor.data
        // Lo que no nació de un comando aceptado tiene por causa su propia petición.
        const id_operacion = causationid === undefined || causationid === correlationid ? null : causationid
        return { data: { id_reserva, id_cliente: clienteVisible(id_cliente), estado, fecha_creacion }, evento: tipo, id_operacion }
      }
      return avisoDe({ mensaje, claves, trama }, alNoLeer)
    },
  }
}

const clienteVisible = (id: string | null): string => (id === null || deInvitado(id) ? SIN_CLIENTE : id)

/** Los avisos de `eventos-operacion`: para quien la pidió, para el dueño y, si son invitados, para quien conozca la reserva. */
export const interpreteDeOperaciones = ({ esquemas, alNoLeer }: Contexto): Interprete => {
  const leer = lectorDeContrato(eventosOperacion)
  return {
    topico: eventosOperacion.nombre,
    interpretar: (mensaje) => {
      const { propietario = '', subject } = mensaje.propiedades
      const leido = unaVez(() => leer(mensaje, esquemas).valor.data)
      const pidio = idDeActor(mensaje.propiedades)
      const abierta = propietario === '' ? pidioInvitado(mensaje.propiedades, pidio) : esInvitado(propietario)
      const claves = () => [...deSesiones([propietario, pidio]), ...(abierta ? [claveDeReserva(subject ?? leido().id_reserva ?? '')] : [])]
      const trama = () => {
        const { id_reserva, id_operacion, comando, estado, codigo, error } = leido()
        const data = { id_reserva, id_cliente: clienteVisible(propietario), estado, fecha_creacion: null }
        return { data, evento: 'OperacionTerminada', id_operacion, operacion: { id_operacion, comando, estado, codigo, error } }
      }
      return avisoDe({ mensaje, claves, trama }, alNoLeer)
    },
  }
}
