import type { Api } from './api.ts'
import type { HealthCheckRequest, HealthCheckResponse, HealthServer } from './gen/grpc/health/v1/health.ts'
import { FallaDeSidecar } from './grpc/estados.ts'
import { esperar, flujo, type Llamada, type Partes, unaria } from './grpc/llamada.ts'

const CADA_MS = 1_000
const PLAZO_MS = 2_000

type Opciones = Readonly<{ api: Api; partes: Partes; servicios: readonly string[] }>

const desconocido = (): FallaDeSidecar =>
  new FallaDeSidecar({ clase: 'no_encontrado', codigo: 'servicio_desconocido', detalle: 'Ese servicio no es de este servidor.' })

/** `grpc.health.v1`: el adaptador sirve si la API está lista (`/health/ready`). Por más que se le pregunte, él pregunta una vez por segundo. */
export const servicioDeSalud = ({ api, partes, servicios }: Opciones): HealthServer => {
  const { planificador, reloj } = partes.entorno
  let vista: Promise<boolean> = Promise.resolve(false)
  let vence = Number.NEGATIVE_INFINITY

  const preguntar = async (): Promise<boolean> => {
    const control = new AbortController()
    const alarma = planificador.tras(PLAZO_MS, () => control.abort(new Error('La API no dijo a tiempo si está lista.')))
    try {
      await api.pedir({ metodo: 'GET', camino: '/health/ready', cabeceras: {}, senal: control.signal })
      return true
    } catch {
      return false
    } finally {
      alarma.cancelar()
    }
  }
  const lista = (): Promise<boolean> => {
    if (reloj.monotono() < vence) return vista
    vence = reloj.monotono() + CADA_MS
    vista = preguntar()
    return vista
  }
  const estado = async (): Promise<HealthCheckResponse> => ({
    status: !partes.cierre.aborted && (await lista()) ? 'SERVING' : 'NOT_SERVING',
  })
  const conocido = (servicio: string): boolean => servicio === '' || servicios.includes(servicio)

  async function* vigilar({ service }: HealthCheckRequest, { senal }: Llamada): AsyncGenerator<HealthCheckResponse> {
    let dicho: string | undefined
    for (;;) {
      const actual: HealthCheckResponse = conocido(service) ? await estado() : { status: 'SERVICE_UNKNOWN' }
      if (actual.status !== dicho) yield actual
      dicho = actual.status
      await esperar(CADA_MS, planificador, senal)
    }
  }
  return {
    check: unaria(partes, async ({ service }: HealthCheckRequest) => {
      if (!conocido(service)) throw desconocido()
      return estado()
    }),
    watch: flujo({ ...partes, plazos: { ...partes.plazos, flujo: Number.POSITIVE_INFINITY } }, vigilar),
  }
}
