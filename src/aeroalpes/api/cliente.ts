import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { aTexto } from 'seedwork/dominio/instante.ts'
import Type from 'typebox'
import { ObtenerHistorial } from '../modulos/cliente/index.ts'
import type { Sistema } from '../sistema.ts'
import { enlaceSiguiente, leerPagina, PaginaJson } from './paginacion.ts'

const LineaJson = Type.Object({ id_reserva: Type.String(), estado: Type.String(), version: Type.Integer(), fecha: Type.String() })
const listar = {
  tags: ['cliente'],
  summary: 'El historial de reservas de quien pregunta',
  querystring: PaginaJson,
  response: { 200: Type.Array(LineaJson) },
}

export const rutasCliente =
  ({ sistema }: { sistema: Sistema }): FastifyPluginAsyncTypebox =>
  async (api) => {
    api.get('/historial', { schema: listar }, async (peticion, respuesta) => {
      const pagina = leerPagina(peticion.query)
      const lineas = await sistema.consultar(ObtenerHistorial, pagina, peticion.origen)
      const siguiente = enlaceSiguiente(peticion.url, {
        pedidos: pagina.tamano,
        recibidos: lineas.length,
        ultimo: lineas.at(-1)?.id_reserva,
      })
      if (siguiente !== undefined) respuesta.header('link', siguiente)
      return lineas.map(({ id_reserva, estado, version, fecha }) => ({ id_reserva, estado, version, fecha: aTexto(fecha) }))
    })
  }
