import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Sistema } from '../sistema.ts'

/** Un atraso más viejo que esto degrada el servicio: sigue atendiendo, pero alguien debería mirar. */
const ATRASO_MAXIMO_MS = 30_000

/** `/health`: el proceso vive. `/health/ready`: el almacén escribe; lo demás sólo lo degrada. */
export const rutasSalud =
  ({ sistema }: { sistema: Sistema }): FastifyPluginAsyncTypebox =>
  async (api) => {
    api.get('/health', { schema: { tags: ['salud'], summary: 'Si el proceso vive' } }, async () => ({ status: 'up' }))
    api.get('/health/ready', { schema: { tags: ['salud'], summary: 'Si puede atender' } }, async () => {
      await sistema.almacen.comprobar()
      const atrasados = sistema.broker.atrasos().filter(({ edadMs }) => edadMs > ATRASO_MAXIMO_MS)
      return { status: atrasados.length === 0 ? 'up' : 'degradado', atrasados }
    })
  }
