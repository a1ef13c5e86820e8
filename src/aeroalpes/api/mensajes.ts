import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { veTodo } from 'seedwork/aplicacion/actor.ts'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import Type from 'typebox'
import { ApartadoJson, apartadoAJson } from '../apartados.ts'
import type { Sistema } from '../sistema.ts'

const texto = () => Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
const FiltroJson = Type.Object({ topico: texto(), suscripcion: texto(), llave: texto(), codigo: texto() })
const ver = {
  tags: ['mensajes'],
  summary: 'Los mensajes apartados que nadie ha reintentado',
  querystring: FiltroJson,
  response: { 200: Type.Array(ApartadoJson) },
}
const reintentar = {
  tags: ['mensajes'],
  summary: 'Los devuelve a la suscripción que los apartó',
  body: FiltroJson,
  response: { 200: Type.Object({ reintentados: Type.Integer() }) },
}

/** Lo que un operador hace con los mensajes que ningún reintento arregló. */
export const rutasMensajes =
  ({ sistema: { broker } }: { sistema: Sistema }): FastifyPluginAsyncTypebox =>
  async (api) => {
    api.addHook('onRequest', async (peticion) => exigirOperador(peticion))
    api.get('/apartados', { schema: ver }, async ({ query }) => (await broker.apartados.ver(query)).map(apartadoAJson))
    api.post('/apartados/reintentar', { schema: reintentar }, async ({ body }) => ({
      reintentados: await broker.apartados.reintentar(body),
    }))
  }

const exigirOperador = ({ actor }: FastifyRequest): void => {
  if (!veTodo(actor))
    throw new ErrorDominio({
      codigo: 'solo_operadores',
      clase: 'prohibido',
      texto: { es: 'Sólo un operador puede ver o reintentar mensajes.', en: 'Only an operator may see or retry messages.' },
    })
}
