import type { FastifyInstance } from 'fastify'
import { noEncontrado } from 'seedwork/dominio/errores.ts'

/** Un correo recibido, como se lista. */
export type CorreoResumen = Readonly<{
  id: string
  asunto: string
  para: string
  fecha: string
  id_reserva: string | null
  id_evento: string | null
}>
export type Correo = CorreoResumen &
  Readonly<{ texto: string; html: string | null; adjuntos: readonly Readonly<{ nombre: string; tipo: string }>[] }>

/** Los correos que el buzón embebido recibió, del más nuevo al más viejo. */
export type Buzon = Readonly<{ listar: () => Promise<readonly CorreoResumen[]>; leer: (id: string) => Promise<Correo | undefined> }>

/** El HTML de un correo no es nuestro: no corre nada, no pide nada, y sólo esta página lo enmarca. */
const POLITICA_DE_CORREO = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups"

/** El buzón de `npm start` en `/api-buzon`. El cuerpo HTML de cada correo se sirve aparte, para un marco. */
export const rutasDeBuzon = (servidor: FastifyInstance, buzon: Buzon): void => {
  const leer = async (id: string): Promise<Correo> => {
    const correo = await buzon.leer(id)
    if (correo !== undefined) return correo
    throw noEncontrado('correo_no_encontrado', { es: 'Ese correo no está en el buzón.', en: 'That e-mail is not in the inbox.' })
  }
  servidor.get('/api-buzon', () => buzon.listar())
  servidor.get<{ Params: { id: string } }>('/api-buzon/:id', ({ params }) => leer(params.id))
  servidor.get<{ Params: { id: string } }>('/api-buzon/:id/html', async ({ params }, respuesta) => {
    const { html, texto } = await leer(params.id)
    respuesta.header('content-security-policy', POLITICA_DE_CORREO)
    return html === null ? respuesta.type('text/plain; charset=utf-8').send(texto) : respuesta.type('text/html; charset=utf-8').send(html)
  })
}
