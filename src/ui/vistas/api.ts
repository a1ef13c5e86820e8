import type { Aceptada, Aeropuerto, Correo, CorreoResumen, Cotizacion, Operacion, Reserva, Resultados } from './tipos.ts'

/** Un problema que respondió el servicio, o que no hubo servicio (`estado` 0). */
export class Problema extends Error {
  readonly estado: number
  readonly codigo: string
  readonly referencia: string | null
  readonly errores: readonly Readonly<{ pointer: string; detail: string }>[]
  constructor(
    estado: number,
    cuerpo: Partial<{ codigo: string; detail: string; title: string; instance: string; errors: Problema['errores'] }>,
  ) {
    super(cuerpo.detail ?? cuerpo.title ?? '')
    this.estado = estado
    this.codigo = cuerpo.codigo ?? 'sin_conexion'
    this.referencia = cuerpo.instance ?? null
    this.errores = cuerpo.errors ?? []
  }
}

type Opciones = Readonly<{ metodo?: 'GET' | 'POST'; cuerpo?: unknown; llave?: string; senal?: AbortSignal }>

/** Pide a la misma dirección de la página. Lanza `Problema`. */
const pedir = async <T>(camino: string, { metodo = 'GET', cuerpo, llave, senal }: Opciones = {}): Promise<T> => {
  const respuesta = await fetch(camino, {
    method: metodo,
    headers: {
      'accept-language': document.documentElement.lang,
      ...(cuerpo !== undefined && { 'content-type': 'application/json' }),
      ...(llave !== undefined && { 'idempotency-key': llave }),
    },
    ...(cuerpo !== undefined && { body: JSON.stringify(cuerpo) }),
    ...(senal !== undefined && { signal: senal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problema(0, {})
  })
  const json: unknown = await respuesta.json().catch(() => ({}))
  if (!respuesta.ok) throw new Problema(respuesta.status, json as Record<string, never>)
  return json as T
}

const conSenal = (senal?: AbortSignal) => (senal === undefined ? {} : { senal })

export const buscarAeropuertos = (q: string, senal?: AbortSignal): Promise<Aeropuerto[]> =>
  pedir(`/api/aeropuertos?${new URLSearchParams({ q })}`, conSenal(senal))
export const buscarVuelos = (criterios: URLSearchParams, senal?: AbortSignal): Promise<Resultados> =>
  pedir(`/api/vuelos/itinerarios?${criterios}`, conSenal(senal))
export const reservar = (pedido: unknown, llave: string): Promise<Aceptada> =>
  pedir('/api/vuelos/reserva-comando', { metodo: 'POST', cuerpo: pedido, llave })
export const obtenerReserva = (id: string): Promise<Reserva> => pedir(`/api/vuelos/reserva/${encodeURIComponent(id)}`)
export const listarReservas = (): Promise<Reserva[]> => pedir('/api/vuelos/reserva')
export const obtenerOperacion = (id: string): Promise<Operacion> => pedir(`/api/operaciones/${encodeURIComponent(id)}`)
export const pagar = (id: string, llave: string): Promise<Aceptada> =>
  pedir(`/api/vuelos/reserva/${encodeURIComponent(id)}/pagar`, { metodo: 'POST', cuerpo: {}, llave })
export const cotizarCancelacion = (id: string): Promise<Cotizacion> => pedir(`/api/vuelos/reserva/${encodeURIComponent(id)}/cancelacion`)
export const cancelar = (id: string, llave: string): Promise<Aceptada> =>
  pedir(`/api/vuelos/reserva/${encodeURIComponent(id)}/cancelar`, { metodo: 'POST', cuerpo: {}, llave })
export const buscarPorLocalizador = (localizador: string, apellido: string): Promise<Reserva> =>
  pedir(`/api/vuelos/localizador/${encodeURIComponent(localizador)}?${new URLSearchParams({ apellido })}`)
export const listarCorreos = (): Promise<CorreoResumen[]> => pedir('/api-buzon')
export const leerCorreo = (id: string): Promise<Correo> => pedir(`/api-buzon/${encodeURIComponent(id)}`)
