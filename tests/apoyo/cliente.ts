import type { ReservaJson } from 'aeroalpes-api/modulos/vuelos/index.ts'
import { unPedido } from './pedidos.ts'

/** Una respuesta HTTP ya leída. `json` da el cuerpo interpretado; lanza si no es JSON. */
export type Respuesta = Readonly<{ estado: number; cabeceras: Headers; texto: string; json: <T = Record<string, unknown>>() => T }>

export type Opciones = Readonly<{
  /** Se envía como JSON. */
  cuerpo?: unknown
  /** Se envía tal cual, con el tipo de contenido de JSON si no se dice otro. */
  crudo?: string | Buffer<ArrayBuffer>
  cabeceras?: Readonly<Record<string, string>>
}>

export type OperacionJson = Readonly<{
  id: string
  comando: string
  estado: 'aceptada' | 'en_proceso' | 'completada' | 'fallida'
  id_reserva: string
  eventos: readonly string[]
  error: Readonly<{ codigo: string; error: string; detail: string }> | null
  fecha_creacion: string
  fecha_actualizacion: string
}>

export type AceptadaJson = Readonly<{ id_operacion: string; id_reserva: string; estado: 'aceptada' }>

const abierta = ({ estado }: OperacionJson): boolean => estado === 'aceptada' || estado === 'en_proceso'

/** Una respuesta que no llega en este plazo no llegará. */
const PLAZO_MS = 15_000
/** Lo más que se espera a que una operación termine. */
const ESPERA_S = 10

export type Cliente = ReturnType<typeof crearCliente>

/** Lo que alguien puede pedirle a la API. Sin `actor`, es un invitado. `propias` van con cada pedido. */
export const crearCliente = (base: string, actor?: string, propias: Readonly<Record<string, string>> = {}) => {
  const pedir = async (metodo: string, camino: string, { cuerpo, crudo, cabeceras = {} }: Opciones = {}): Promise<Respuesta> => {
    const envio = crudo ?? (cuerpo === undefined ? undefined : JSON.stringify(cuerpo))
    const respuesta = await fetch(`${base}${camino}`, {
      method: metodo,
      redirect: 'manual',
      signal: AbortSignal.timeout(PLAZO_MS),
      headers: {
        ...(envio !== undefined && { 'content-type': 'application/json' }),
        ...(actor !== undefined && { 'x-actor': actor }),
        ...propias,
        ...cabeceras,
      },
      ...(envio !== undefined && { body: envio }),
    })
    const texto = await respuesta.text()
    return { estado: respuesta.status, cabeceras: respuesta.headers, texto, json: <T>() => JSON.parse(texto) as T }
  }
  const operacion = (camino: string, espera = ESPERA_S) => pedir('GET', camino, { cabeceras: { prefer: `wait=${espera}` } })
  const cambiar = (verbo: string) => (id: string, opciones?: Opciones) => pedir('POST', `/vuelos/reserva/${id}/${verbo}`, opciones)
  return {
    pedir,
    reservar: (cuerpo: unknown = unPedido(), cabeceras = {}) => pedir('POST', '/vuelos/reserva', { cuerpo, cabeceras }),
    reservarDespues: (cuerpo: unknown = unPedido(), cabeceras = {}) => pedir('POST', '/vuelos/reserva-comando', { cuerpo, cabeceras }),
    reserva: (id: string) => pedir('GET', `/vuelos/reserva/${id}`),
    lista: (consulta = '') => pedir('GET', `/vuelos/reserva${consulta}`),
    historial: (consulta = '') => pedir('GET', `/cliente/historial${consulta}`),
    aprobar: cambiar('aprobar'),
    pagar: cambiar('pagar'),
    cancelar: cambiar('cancelar'),
    operacion,
    /** La operación de un 202, cuando termina. */
    desenlace: async (aceptada: Respuesta): Promise<OperacionJson> => {
      const lugar = aceptada.cabeceras.get('location')
      if (aceptada.estado !== 202 || lugar === null) throw new Error(`No se aceptó: ${aceptada.estado} ${aceptada.texto}`)
      let ultima = (await operacion(lugar)).json<OperacionJson>()
      // Los relojes de algunas pruebas corren más que el de la máquina, y la espera que se pidió dura menos.
      for (const limite = performance.now() + PLAZO_MS; abierta(ultima) && performance.now() < limite; )
        ultima = (await operacion(lugar)).json<OperacionJson>()
      if (ultima.estado !== 'completada' && ultima.estado !== 'fallida') throw new Error(`No terminó: ${JSON.stringify(ultima)}`)
      return ultima
    },
    /** Reserva y da la reserva creada. */
    unaReserva: async (cuerpo?: unknown): Promise<ReservaJson> => {
      const respuesta = await pedir('POST', '/vuelos/reserva', { cuerpo: cuerpo ?? unPedido() })
      if (respuesta.estado !== 200) throw new Error(`No se reservó: ${respuesta.estado} ${respuesta.texto}`)
      return respuesta.json<ReservaJson>()
    },
  }
}
