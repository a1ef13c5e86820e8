import { setTimeout as pausa } from 'node:timers/promises'
import type { Mensaje, MensajeRecibido } from 'seedwork/infraestructura/broker/puerto.ts'
import { topicoDeApartados } from 'seedwork/infraestructura/broker/puerto.ts'
import type { Api } from './api.ts'

const PLAZO_MS = 10_000
const ENTRE_MIRADAS_MS = 5

/** Mira hasta que `mirar` da algo y lo devuelve; si en el plazo no ocurre, falla diciendo qué se esperaba. */
export const hastaQue = async <T>(que: string, mirar: () => Promise<T | undefined | false>): Promise<T> => {
  for (const limite = performance.now() + PLAZO_MS; performance.now() < limite; await pausa(ENTRE_MIRADAS_MS)) {
    const visto = await mirar()
    if (visto !== undefined && visto !== false) return visto
  }
  throw new Error(`En ${PLAZO_MS} ms no ocurrió: ${que}`)
}

/** Publica por el broker de la API, como lo haría otro servicio. */
export const publicar = ({ sistema }: Pick<Api, 'sistema'>, ...mensajes: readonly Mensaje[]): Promise<void> =>
  sistema.almacen.ejecutar((tx) => sistema.broker.publicar(tx, mensajes))

/** El mensaje `id` en el tópico de apartados de esa suscripción, cuando llega. */
export const apartado = async (
  { sistema }: Pick<Api, 'sistema'>,
  { topico, suscripcion, id }: Readonly<{ topico: string; suscripcion: string; id: string }>,
): Promise<MensajeRecibido> => {
  const senal = AbortSignal.timeout(PLAZO_MS)
  for await (const mensaje of sistema.broker.leer({ topico: topicoDeApartados(topico, suscripcion), desde: 'primero', senal }))
    if (mensaje.id === id) return mensaje
  throw new Error(`En ${PLAZO_MS} ms no se apartó ${id}`)
}
