import type { Logger } from 'pino'
import type { Ids } from 'seedwork/infraestructura/puertos.ts'
import { type Metricas, rutaDeMetricas } from 'seedwork/presentacion/metricas.ts'
import { PROBLEMAS_COMUNES } from 'seedwork/presentacion/problemas_comunes.ts'
import { crearServidor } from 'seedwork/presentacion/servidor.ts'

type Partes = Readonly<{
  metricas: Metricas
  bitacora: Logger
  ids: Ids
  /** Si ya recibe. */
  listo: () => boolean
}>

/** Lo que un proceso que no atiende a nadie deja ver de sí: si vive, si recibe y lo que mide. */
export const crearServidorDeSalud = ({ metricas, bitacora, ids, listo }: Partes) => {
  const servidor = crearServidor({ bitacora, ids, metricas, problemas: PROBLEMAS_COMUNES })
  servidor.get('/health', () => ({ status: 'up' }))
  servidor.get('/health/ready', (_, respuesta) => respuesta.code(listo() ? 200 : 503).send({ status: listo() ? 'up' : 'esperando' }))
  rutaDeMetricas(servidor, metricas)
  return {
    escuchar: ({ host, puerto }: { host: string; puerto: number }): Promise<string> =>
      servidor.listen({ host, port: puerto, listenTextResolver: (donde) => `las notificaciones escuchan en ${donde}` }),
    detener: (): Promise<void> => servidor.close(),
  }
}
