import type { Api } from '../api.ts'
import type {
  BusquedaItinerarios,
  CancelacionReserva,
  FiltroReservas,
  Operacion,
  QueryOperacion,
  QueryReserva,
  Reserva,
  VuelosServer,
} from '../gen/vuelos.ts'
import { esperar, flujo, type Llamada, type Partes, unaria } from '../grpc/llamada.ts'
import { busquedaAConsulta, hallazgosDeJson, type PaginaLeida } from './busqueda.ts'
import { type AceptadaLeida, type OperacionLeida, operacionAceptada, operacionDeJson, terminada } from './operacion.ts'
import { dicho, pedidoAJson } from './pedido.ts'
import { type ReservaLeida, reservaDeJson } from './reserva.ts'

const RESERVAS = '/vuelos/reserva'
const ESPERA_S = 20
/** Entre dos preguntas por la misma operación, si la API no quiso esperar. */
const RESPIRO_MS = 250

type Leido<T> = Readonly<{ cuerpo: T; link: string | undefined }>

const reserva = (id: string): string => `${RESERVAS}/${encodeURIComponent(id)}`

/** Los métodos de `vuelos.Vuelos`: cada uno es una ruta de la API. Aquí no se decide nada: las reglas son de ella. */
export const servicioVuelos = (api: Api, partes: Partes): VuelosServer => {
  const leer = async <T>(camino: string, { cabeceras, senal }: Llamada, mas: Readonly<Record<string, string>> = {}): Promise<Leido<T>> => {
    const respuesta = await api.pedir({ metodo: 'GET', camino, cabeceras: { ...cabeceras, ...mas }, senal })
    return { cuerpo: respuesta.cuerpo as T, link: respuesta.cabeceras.link as string | undefined }
  }
  const pedir = async <T>(camino: string, cuerpo: unknown, { cabeceras, llave, senal }: Llamada): Promise<T> =>
    (await api.pedir({ metodo: 'POST', camino, cuerpo, cabeceras: { ...cabeceras, 'idempotency-key': llave }, senal })).cuerpo as T
  const aceptar = async (comando: string, camino: string, cuerpo: unknown, llamada: Llamada): Promise<Operacion> =>
    operacionAceptada(comando, await pedir<AceptadaLeida>(camino, cuerpo, llamada))

  async function* observar({ id }: QueryOperacion, llamada: Llamada): AsyncGenerator<Operacion> {
    const camino = `/operaciones/${encodeURIComponent(id)}`
    let vista = (await leer<OperacionLeida>(camino, llamada)).cuerpo
    yield operacionDeJson(vista)
    while (!terminada(vista)) {
      const { cuerpo } = await leer<OperacionLeida>(camino, llamada, { prefer: `wait=${ESPERA_S}` })
      if (cuerpo.estado !== vista.estado) yield operacionDeJson(cuerpo)
      if (!terminada(cuerpo)) await esperar(RESPIRO_MS, partes.entorno.planificador, llamada.senal)
      vista = cuerpo
    }
  }

  async function* listar({ estado, sin_pagar }: FiltroReservas, llamada: Llamada): AsyncGenerator<Reserva> {
    const filtro = { ...(dicho(estado) !== undefined && { estado }), ...(sin_pagar && { pagada: 'no' }) }
    let camino: string | undefined = `${RESERVAS}?${new URLSearchParams(filtro)}`
    while (camino !== undefined) {
      const pagina: Leido<readonly ReservaLeida[]> = await leer(camino, llamada)
      for (const una of pagina.cuerpo) yield reservaDeJson(una)
      camino = siguientePagina(pagina.link)
    }
  }

  return {
    crearReserva: unaria(partes, async (pedido: Reserva, llamada) => {
      const creada = await pedir<ReservaLeida>(RESERVAS, pedidoAJson(pedido), llamada)
      return { mensaje: 'OK', reserva: reservaDeJson(creada) }
    }),
    consultarReserva: unaria(partes, async ({ id }: QueryReserva, llamada) => {
      const { cuerpo } = await leer<ReservaLeida>(reserva(id), llamada)
      return { mensaje: 'OK', reserva: reservaDeJson(cuerpo) }
    }),
    crearReservaComando: unaria(partes, (pedido: Reserva, llamada) =>
      aceptar('CrearReserva', `${RESERVAS}-comando`, pedidoAJson(pedido), llamada),
    ),
    aprobarReserva: unaria(partes, ({ id }: QueryReserva, llamada) =>
      aceptar('AprobarReserva', `${reserva(id)}/aprobar`, undefined, llamada),
    ),
    pagarReserva: unaria(partes, ({ id }: QueryReserva, llamada) => aceptar('PagarReserva', `${reserva(id)}/pagar`, undefined, llamada)),
    cancelarReserva: unaria(partes, ({ id, motivo }: CancelacionReserva, llamada) =>
      aceptar('CancelarReserva', `${reserva(id)}/cancelar`, { motivo }, llamada),
    ),
    observarOperacion: flujo(partes, observar),
    listarReservas: flujo(partes, listar),
    buscarItinerarios: unaria(partes, async (busqueda: BusquedaItinerarios, llamada) => {
      const { cuerpo } = await leer<PaginaLeida>(`/vuelos/itinerarios?${busquedaAConsulta(busqueda)}`, llamada)
      return hallazgosDeJson(cuerpo)
    }),
  }
}

/** El camino de `Link: <…>; rel="next"`, sólo si sigue siendo de esta lista. */
const siguientePagina = (link: string | undefined): string | undefined => /^<(\/vuelos\/reserva\?[^>]*)>; rel="next"$/.exec(link ?? '')?.[1]
