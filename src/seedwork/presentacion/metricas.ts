import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Las medidas de un proceso. Cada parte añade las suyas a `registro`. */
export type Metricas = Readonly<{
  registro: Registry
  /** Anota una respuesta: el patrón de la ruta (nunca la dirección: no tiene cota), el método, el estado y cuánto tardó. */
  anotarRespuesta: (respuesta: Readonly<{ ruta: string; metodo: string; estado: number; ms: number }>) => void
  /** Todo lo medido, en el formato de texto de Prometheus. */
  texto: () => Promise<string>
  tipo: string
}>

const BORDES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** El registro de este proceso; con `delProceso`, también memoria, recolector y retraso del bucle de eventos. */
export const crearMetricas = ({ delProceso = true }: { delProceso?: boolean } = {}): Metricas => {
  const registro = new Registry()
  if (delProceso) collectDefaultMetrics({ register: registro })
  const duracion = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duración de cada respuesta HTTP, por patrón de ruta y método',
    labelNames: ['metodo', 'ruta'],
    buckets: BORDES,
    registers: [registro],
  })
  // Aparte: un borde por cada estado haría de `GET /metrics` la respuesta más cara, y quien la pide no tiene que identificarse.
  const respuestas = new Counter({
    name: 'http_requests_total',
    help: 'Respuestas HTTP, por patrón de ruta, método y estado',
    labelNames: ['metodo', 'ruta', 'estado'],
    registers: [registro],
  })
  return {
    registro,
    anotarRespuesta: ({ ruta, metodo, estado, ms }) => {
      duracion.observe({ metodo, ruta }, ms / 1_000)
      respuestas.inc({ metodo, ruta, estado })
    },
    texto: () => registro.metrics(),
    tipo: registro.contentType,
  }
}

/** Sirve lo medido en `GET /metrics`. */
export const rutaDeMetricas = (servidor: FastifyInstance, metricas: Metricas): void => {
  servidor.get('/metrics', async (_, respuesta) => respuesta.type(metricas.tipo).send(await metricas.texto()))
}
