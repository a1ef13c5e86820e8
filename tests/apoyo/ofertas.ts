import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import type { Cliente } from './cliente.ts'

export type OfertaJson = Readonly<{
  id_oferta: string
  vence: string
  asientos: number
  escalas: number
  duracion_minutos: number
  precio: Readonly<{ moneda: string; total: number; base: number; impuestos: number }>
  condiciones: Readonly<{ reembolso_porcentaje: number; penalidad: number; cambios: boolean }>
  odos: readonly Readonly<{
    origen: Readonly<{ codigo: string }>
    destino: Readonly<{ codigo: string }>
    segmentos: readonly Readonly<{
      legs: readonly Readonly<{ vuelo: string; fecha_salida: string; fecha_llegada: string; salida_local: string; llegada_local: string }>[]
    }>[]
    conexiones: readonly Readonly<{ minutos: number }>[]
  }>[]
}>
export type PaginaJson = Readonly<{
  itinerarios: readonly OfertaJson[]
  total: number
  siguiente: string | null
  destacados: object | null
}>

/** `2026-12-10`: el día de dentro de tantos, en UTC. */
export const dentroDe = (dias: number, ahora = Date.now()): string => new Date(ahora + dias * 86_400_000).toISOString().slice(0, 10)

/** Una búsqueda con lo que se diga; sin decir nada, de Bogotá a Medellín dentro de 40 días para un adulto. */
export const caminoDeBusqueda = (cambios: Readonly<Record<string, string>> = {}): string =>
  `/vuelos/itinerarios?${new URLSearchParams({ origen: 'BOG', destino: 'MDE', fecha: dentroDe(40), ...cambios })}`

export const buscar = async (cliente: Cliente, cambios: Readonly<Record<string, string>> = {}): Promise<PaginaJson> => {
  const respuesta = await cliente.pedir('GET', caminoDeBusqueda(cambios))
  if (respuesta.estado !== 200) throw new Error(`No se buscó: ${respuesta.estado} ${respuesta.texto}`)
  return respuesta.json<PaginaJson>()
}

/** La primera oferta de la búsqueda, que tiene que haberla. */
export const unaOferta = async (cliente: Cliente, cambios: Readonly<Record<string, string>> = {}): Promise<OfertaJson> => {
  const [oferta] = (await buscar(cliente, cambios)).itinerarios
  if (oferta === undefined) throw new Error(`Nadie vuela: ${JSON.stringify(cambios)}`)
  return oferta
}

export const unPasajero = (cambios: object = {}) => ({ nombre: 'Ana', apellido: 'Ríos', tipo: 'ADULTO', ...cambios })
export const unContacto = (cambios: object = {}) => ({ nombre: 'Ana Ríos', correo: 'ana@example.com', idioma: 'es', ...cambios })

/** El cuerpo con que se reserva una oferta de un adulto. */
export const unaCompra = ({ id_oferta }: Pick<OfertaJson, 'id_oferta'>, cambios: object = {}) => ({
  id_oferta,
  pasajeros: [unPasajero()],
  contacto: unContacto(),
  ...cambios,
})

/** El entorno de verdad con una hora que la prueba adelanta. Los temporizadores no se enteran. */
export const entornoConHora = (): Entorno & Readonly<{ adelantar: (ms: number) => void }> => {
  let adelanto = 0
  return {
    ...entornoReal,
    reloj: { ahora: () => entornoReal.reloj.ahora() + adelanto, monotono: entornoReal.reloj.monotono },
    adelantar: (ms) => {
      adelanto += ms
    },
  }
}

/** El entorno de verdad en que el tiempo entero, hora y esperas, corre `factor` veces más rápido. */
export const entornoAcelerado = (factor: number): Entorno => {
  const inicio = entornoReal.reloj.ahora()
  return {
    ...entornoReal,
    reloj: {
      ahora: () => Math.floor(inicio + (entornoReal.reloj.ahora() - inicio) * factor),
      monotono: () => entornoReal.reloj.monotono() * factor,
    },
    planificador: { ...entornoReal.planificador, tras: (ms, tarea) => entornoReal.planificador.tras(ms / factor, tarea) },
  }
}
