import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import type { Conexiones, Vigilada } from './conexiones.ts'

const RECONECTAR_MS = 2_000

/** El mismo flujo que el WebSocket, como SSE: cada evento lleva su posición en `id` y se sigue con `Last-Event-ID`. */
export const rutaDeEventos = (servidor: FastifyInstance, conexiones: Conexiones): void => {
  const abiertas = new Set<ServerResponse>()
  servidor.get('/eventos', (peticion, respuesta) => {
    const ultimo = peticion.headers['last-event-id']
    const solicitud = conexiones.leer(peticion.raw, typeof ultimo === 'string' && ultimo !== '' ? ultimo : undefined)
    if (typeof solicitud === 'number') throw rechazo(solicitud)
    const salida = empezar(respuesta)
    abiertas.add(salida)
    const pendientes = () => salida.writableLength
    const cortar = () => void salida.destroy()
    let vigilada: Vigilada | undefined
    const escribir = (texto: Buffer | string) => void salida.write(texto, () => vigilada?.avance())
    // Nada responde a un comentario: que salga es toda la señal que hay.
    const ping = () => {
      escribir(':\n\n')
      vigilada?.senal()
    }
    vigilada = conexiones.agregar(
      solicitud,
      { pendientes, cortar, ping },
      { enviar: ({ sse }) => escribir(sse()), pendientes, cortar, despedir: () => void salida.end() },
    )
    const { soltar } = vigilada
    salida.on('error', () => {})
    salida.on('close', () => {
      abiertas.delete(salida)
      soltar()
    })
  })
  servidor.addHook('preClose', (seguir) => {
    for (const salida of abiertas) salida.end()
    seguir()
  })
}

const empezar = (respuesta: FastifyReply): ServerResponse => {
  const cabeceras = {
    ...(respuesta.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  }
  respuesta.hijack()
  respuesta.raw.writeHead(200, cabeceras)
  respuesta.raw.write(`retry: ${RECONECTAR_MS}\n\n`)
  return respuesta.raw
}

const rechazo = (estado: number): ErrorDominio => {
  if (estado === 403)
    return new ErrorDominio({
      codigo: 'origen_no_admitido',
      clase: 'prohibido',
      texto: { es: 'Este flujo sólo se abre desde esta misma página.', en: 'This stream only opens from this very page.' },
    })
  if (estado === 400)
    return new ErrorDominio({
      codigo: 'parametros_invalidos',
      clase: 'invalido',
      texto: { es: 'Alguna reserva pedida no tiene la forma de una reserva.', en: 'Some requested reservation is not shaped like one.' },
    })
  return new ErrorDominio({
    codigo: 'demasiadas_conexiones',
    clase: 'no_disponible',
    texto: { es: 'Hay demasiadas conexiones abiertas. Cierra alguna pestaña.', en: 'There are too many open connections. Close some tab.' },
  })
}
