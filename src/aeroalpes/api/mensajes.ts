import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { veTodo } from 'seedwork/aplicacion/actor.ts'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import { aTexto } from 'seedwork/dominio/instante.ts'
import Type from 'typebox'
import type { Sistema } from '../sistema.ts'

const texto = () => Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
const FiltroJson = Type.Object({ topico: texto(), suscripcion: texto(), llave: texto(), codigo: texto() })
const ApartadoJson = Type.Object({
  id: Type.String(),
  topico: Type.String(),
  suscripcion: Type.String(),
  llave: Type.Union([Type.String(), Type.Null()]),
  tipo: Type.String(),
  codigo: Type.String(),
  causa: Type.String(),
  intentos: Type.Integer(),
  apartado: Type.String(),
})
const ver = { tags: ['mensajes'], summary: 'Los mensajes apartados que nadie ha reintentado', querystring: FiltroJson, response: { 200: Type.Array(ApartadoJson) } }
const reintentar = { tags: ['mensajes'], summary: 'Los devuelve a la suscripción que los apartó', body: FiltroJson, response: { 200: Type.Object({ reintentados: Type.Integer() }) } }

/** Lo que un operador hace con los mensajes que ningún reintento arregló. */
export const rutasMensajes =
  ({ sistema: { broker } }: { sistema: Sistema }): FastifyPluginAsyncTypebox =>
  async (api) => {
    api.addHook('onRequest', async (peticion) => exigirOperador(peticion))
    api.get('/apartados', { schema: ver }, async ({ query }) =>
      (await broker.apartados.ver(query)).map(({ mensaje, topico, suscripcion, causa, intentos, instante }) => ({
        id: mensaje.id,
        topico,
        suscripcion,
        llave: mensaje.llave,
        tipo: mensaje.propiedades.type ?? '',
        codigo: causa.codigo,
        causa: causa.mensaje,
        intentos,
        apartado: aTexto(instante),
      })),
    )
    api.post('/apartados/reintentar', { schema: reintentar }, async ({ body }) => ({ reintentados: await broker.apartados.reintentar(body) }))
  }

const exigirOperador = ({ actor }: FastifyRequest): void => {
  if (!veTodo(actor))
    throw new ErrorDominio({
      codigo: 'solo_operadores',
      clase: 'prohibido',
      texto: { es: 'Sólo un operador puede ver o reintentar mensajes.', en: 'Only an operator may see or retry messages.' },
    })
}
