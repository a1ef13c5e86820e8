import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { veTodo } from 'seedwork/aplicacion/actor.ts'
import type { DatosDe } from 'seedwork/aplicacion/mensajes.ts'
import { aTexto } from 'seedwork/dominio/instante.ts'
import type { Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Cupo } from 'seedwork/presentacion/cupo.ts'
import Type, { type Static } from 'typebox'
import * as vuelos from '../modulos/vuelos/index.ts'
import type { Sistema } from '../sistema.ts'
import type { Admision } from './admision.ts'
import { type Idempotencia, LlaveJson } from './idempotencia.ts'
import { enlaceSiguiente, leerPagina, PaginaJson } from './paginacion.ts'

/** Lo que no es un UUID no nombra ninguna reserva: 404 aquí mismo, sin abrir una operación que sólo podría fracasar. */
const IdJson = Type.Object({ id: Type.String({ pattern: vuelos.ID_RESERVA.source }) })
const AceptadaJson = Type.Object({ id_operacion: Type.String(), id_reserva: Type.String(), estado: Type.Literal('aceptada') })
const FiltroJson = Type.Object({
  ...PaginaJson.properties,
  estado: Type.Optional(Type.Enum(['PENDIENTE', 'APROBADA', 'PAGADA', 'CANCELADA'])),
  pagada: Type.Optional(Type.Literal('no', { description: 'Sólo las que todavía se pueden pagar.' })),
})
type Filtro = Static<typeof FiltroJson>

const ruta = (summary: string) => ({ tags: ['vuelos'], summary })
const crearReserva = {
  ...ruta('Crea una reserva y la devuelve'),
  body: vuelos.PedidoJson,
  headers: LlaveJson,
  response: { 200: vuelos.ReservaJson },
}
const pedirReserva = {
  ...ruta('Acepta crear una reserva y dice dónde ver qué fue de ella'),
  body: vuelos.PedidoJson,
  headers: LlaveJson,
  response: { 202: AceptadaJson },
}
const obtener = { ...ruta('Una reserva'), params: IdJson, response: { 200: vuelos.ReservaJson } }
const listar = {
  ...ruta('Las reservas de quien pregunta, más nuevas primero'),
  querystring: FiltroJson,
  response: { 200: Type.Array(vuelos.ReservaJson) },
}
const porLocalizador = {
  ...ruta('La reserva de quien recuerda su localizador y un apellido'),
  params: Type.Object({ localizador: Type.String({ pattern: '^[A-Za-z]{6}$' }) }),
  querystring: Type.Object({ apellido: Type.String({ minLength: 1, maxLength: 80 }) }),
  response: { 200: vuelos.ReservaJson },
}
const contacto = {
  ...ruta('A quién se le escribe de una reserva; sólo para servicios y operadores'),
  params: IdJson,
  response: { 200: vuelos.ContactoSalidaJson },
}
const cotizacion = { ...ruta('Qué se devuelve si se cancela ahora'), params: IdJson, response: { 200: vuelos.CotizacionJson } }
const cambiar = (summary: string) => ({ ...ruta(summary), params: IdJson, headers: LlaveJson, response: { 202: AceptadaJson } })

/** A quien no tiene sesión se le cuenta por su dirección. */
const quienPrueba = ({ actor, ip }: FastifyRequest): string => (actor.rol === 'anonimo' ? `direccion:${ip}` : `actor:${actor.id}`)

type Partes = Readonly<{ sistema: Sistema; admision: Admision; idempotencia: Idempotencia; cupo: Cupo }>

/** Las rutas del tutorial, con sus mismas respuestas, y las de los comandos que él dejó sin terminar. */
export const rutasVuelos =
  ({ sistema, admision, idempotencia, cupo }: Partes): FastifyPluginAsyncTypebox =>
  async (api) => {
    const { ids } = sistema.entorno

    /** Acepta el comando: la operación y su mensaje en una unidad de trabajo; 202 cuando son durables. */
    const aceptar = async <C extends vuelos.ComandoVuelos>(
      peticion: FastifyRequest,
      respuesta: FastifyReply,
      pedido: { comando: C; propietario: string; armar: () => DatosDe<C> & { id_reserva: string } },
    ) => {
      admision.comando()
      const solicitar = async (tx?: Tx) => {
        const datos = pedido.armar()
        const de = { sujeto: datos.id_reserva, propietario: pedido.propietario, origen: peticion.origen }
        const { comando } = pedido
        const id_operacion = await (tx ? sistema.solicitar(tx, comando, datos, de) : sistema.solicitarSuelta(comando, datos, de))
        return { id_operacion, id_reserva: datos.id_reserva, estado: 'aceptada' as const }
      }
      const aceptada = await idempotencia(peticion, respuesta, solicitar, solicitar)
      peticion.operacion = aceptada.id_operacion
      return respuesta.code(202).header('location', `/operaciones/${aceptada.id_operacion}`).send(aceptada)
    }

    api.post('/reserva', { schema: crearReserva }, async (peticion, respuesta) => {
      const pedido = vuelos.leerPedido(peticion.body)
      if (admision.escritura.cerrada !== undefined) throw admision.escritura.cerrada
      const reserva = await idempotencia(peticion, respuesta, async (tx) => {
        const { resultado } = await sistema.ejecutar(tx, vuelos.CrearReserva, { id_reserva: ids(), ...pedido }, peticion.origen)
        return vuelos.aJson(resultado)
      })
      return respuesta.header('location', `/vuelos/reserva/${reserva.id}`).send(reserva)
    })

    // La segunda es como la escribe el README del tutorial (B64).
    for (const camino of ['/reserva-comando', '/reserva-commando'])
      api.post(camino, { schema: pedirReserva }, (peticion, respuesta) => {
        const pedido = vuelos.leerPedido(peticion.body)
        const armar = () => {
          sistema.comprobar(pedido)
          return { id_reserva: ids(), ...pedido }
        }
        return aceptar(peticion, respuesta, { comando: vuelos.CrearReserva, propietario: vuelos.clienteDe(peticion.actor) ?? '', armar })
      })

    for (const camino of ['/reserva', '/reserva-query']) {
      api.get(`${camino}/:id`, { schema: obtener }, async (peticion) =>
        vuelos.aJson(await sistema.consultar(vuelos.ObtenerReserva, { id: peticion.params.id }, peticion.origen)),
      )
      api.get(camino, { schema: listar }, async (peticion, respuesta) => {
        const pagina = leerPagina(peticion.query)
        const reservas = await consultarLista(sistema, peticion, peticion.query, pagina)
        const siguiente = enlaceSiguiente(peticion.url, { pedidos: pagina.tamano, recibidos: reservas.length, ultimo: reservas.at(-1)?.id })
        if (siguiente !== undefined) respuesta.header('link', siguiente)
        return reservas.map(vuelos.aJson)
      })
    }

    api.get('/localizador/:localizador', { schema: porLocalizador }, async (peticion) => {
      if (!veTodo(peticion.actor)) cupo(quienPrueba(peticion))
      const datos = { localizador: peticion.params.localizador, apellido: peticion.query.apellido }
      return vuelos.aJson(await sistema.consultar(vuelos.BuscarPorLocalizador, datos, peticion.origen))
    })
    api.get('/reserva/:id/contacto', { schema: contacto }, (peticion) =>
      sistema.consultar(vuelos.ObtenerContacto, { id: peticion.params.id }, peticion.origen),
    )
    api.get('/reserva/:id/cancelacion', { schema: cotizacion }, async (peticion) => {
      const { vence, ...resto } = await sistema.consultar(vuelos.CotizarCancelacion, { id: peticion.params.id }, peticion.origen)
      return { ...resto, vence: aTexto(vence) }
    })

    const transiciones = [
      ['aprobar', vuelos.AprobarReserva, 'Acepta aprobar una reserva'],
      ['pagar', vuelos.PagarReserva, 'Acepta pagar una reserva'],
    ] as const
    for (const [verbo, comando, resumen] of transiciones)
      api.post(`/reserva/:id/${verbo}`, { schema: cambiar(resumen) }, (peticion, respuesta) =>
        aceptar(peticion, respuesta, { comando, propietario: '', armar: () => ({ id_reserva: peticion.params.id }) }),
      )
    api.post(
      '/reserva/:id/cancelar',
      { schema: { ...cambiar('Acepta cancelar una reserva'), body: Type.Union([vuelos.CancelacionJson, Type.Null()]) } },
      (peticion, respuesta) => {
        const motivo = peticion.body?.motivo ?? vuelos.MOTIVO_POR_DEFECTO
        return aceptar(peticion, respuesta, {
          comando: vuelos.CancelarReserva,
          propietario: '',
          armar: () => ({ id_reserva: peticion.params.id, motivo }),
        })
      },
    )
  }

const consultarLista = (sistema: Sistema, peticion: FastifyRequest, { estado, pagada }: Filtro, pagina: ReturnType<typeof leerPagina>) => {
  const { origen } = peticion
  if (pagada === 'no' && (estado === 'PAGADA' || estado === 'CANCELADA')) return []
  if (estado === 'CANCELADA') return sistema.consultar(vuelos.ReservasCanceladas, pagina, origen)
  if (pagada === 'no' && estado === undefined) return sistema.consultar(vuelos.ReservasNoPagadas, pagina, origen)
  return sistema.consultar(vuelos.TodasReservas, { ...pagina, estado: estado ?? null }, origen)
}
