import { randomUUID } from 'node:crypto'
import * as vuelos from 'aeroalpes-api/modulos/vuelos/index.ts'
import { ANONIMO } from 'seedwork/aplicacion/actor.ts'
import { ErrorDominio } from 'seedwork/dominio/errores.ts'
import { consultas } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import type { Operacion } from 'sidecar/gen/vuelos.ts'
import type { OperacionJson, Respuesta } from '../../tests/apoyo/cliente.ts'
import type { Api, SidecarDePrueba } from '../../tests/apoyo/lugar.ts'
import { type Estado, type Evento, type Hecha, type Historia, VERBOS, type Verbo } from './serie.ts'

/** Lo que cada vía cuenta de un comando: su id, y si se hizo o por qué no. */
type Desenlace = Readonly<{ id: string; error?: Readonly<{ codigo: string; frase: string }> }>

export type Pista = Readonly<{ api: Api; sidecar: SidecarDePrueba }>
type Via = (pista: Pista, verbo: Verbo, id_reserva: string) => Promise<Desenlace>

const COMANDOS = { aprobar: vuelos.AprobarReserva, pagar: vuelos.PagarReserva, cancelar: vuelos.CancelarReserva } as const
const datosDe = (id_reserva: string) => ({ id_reserva, motivo: 'carrera' })

const deOperacion = ({ id, error }: OperacionJson): Desenlace => ({
  id,
  ...(error !== null && { error: { codigo: error.codigo, frase: error.error } }),
})

const porHttp: Via = async ({ api: { invitado } }, verbo, id) => deOperacion(await invitado.desenlace(await invitado[verbo](id)))

const porGrpc: Via = async ({ sidecar: { cliente } }, verbo, id) => {
  const aceptada = await new Promise<Operacion>((listo, mal) => {
    const alTerminar = (error: Error | null, operacion: Operacion): void => (error ? mal(error) : listo(operacion))
    if (verbo === 'aprobar') cliente.aprobarReserva({ id }, alTerminar)
    else if (verbo === 'pagar') cliente.pagarReserva({ id }, alTerminar)
    else cliente.cancelarReserva({ id, motivo: 'carrera' }, alTerminar)
  })
  let ultima = aceptada
  for await (const vista of cliente.observarOperacion({ id: aceptada.id })) ultima = vista
  if (ultima.estado !== 'COMPLETADA' && ultima.estado !== 'FALLIDA') throw new Error(`No terminó: ${JSON.stringify(ultima)}`)
  const { error } = ultima
  return { id: aceptada.id, ...(error !== undefined && { error: { codigo: error.codigo, frase: error.error } }) }
}

/** Un mensaje en el tópico de los comandos. */
const porTopico: Via = async ({ api: { sistema, invitado } }, verbo, id_reserva) => {
  const pedido = { sujeto: id_reserva, propietario: '', origen: { actor: ANONIMO, correlacion: id_reserva, causa: id_reserva } }
  const id = await sistema.almacen.ejecutar((tx) => sistema.solicitar(tx, COMANDOS[verbo], datosDe(id_reserva), pedido))
  const aceptada = { estado: 202, texto: '', cabeceras: new Headers({ location: `/operaciones/${id}` }) } as Respuesta
  return deOperacion(await invitado.desenlace(aceptada))
}

/** El manejador mismo, en una unidad de trabajo suya: lo que haría otro proceso, o una ruta que no espera el mensaje. */
const directo: Via = async ({ api: { sistema } }, verbo, id_reserva) => {
  const id = randomUUID()
  const origen = { actor: ANONIMO, correlacion: id, causa: id }
  try {
    await sistema.almacen.ejecutar((tx) => sistema.ejecutar(tx, COMANDOS[verbo], datosDe(id_reserva), origen))
    return { id }
  } catch (error) {
    if (!(error instanceof ErrorDominio)) throw error
    return { id, error: { codigo: error.codigo, frase: error.texto.es } }
  }
}

export const VIAS = { http: porHttp, grpc: porGrpc, topico: porTopico, directo } satisfies Readonly<Record<string, Via>>

const dichoDe = ({ error }: Desenlace): Hecha['dicho'] => {
  if (error === undefined) return 'ok'
  if (error.codigo === 'reserva_cambiada') return 'abortada'
  const estaba = / está (\w+)/.exec(error.frase)?.[1]?.toUpperCase()
  if (estaba === undefined) throw new Error(`No es una respuesta de una carrera: ${error.codigo} ${error.frase}`)
  return { estaba: estaba as Estado }
}

/** Cancelar cierra la carrera: sale menos. */
const SALEN: readonly Verbo[] = [...VERBOS, 'aprobar', 'pagar']

/** Cada corredor pide uno o dos, sin pausa. */
const CORREDORES = 3
const POR_CORREDOR = [1, 2] as const

const elegir = <T>(azar: Azar, de: readonly T[]): T => de[Math.floor(azar() * de.length)] as T

/** De dónde sale qué pide cada quien, y por dónde puede. */
export type Suerte = Readonly<{ azar: Azar; vias: readonly (keyof typeof VIAS)[] }>

type Corrida = Readonly<{ id: string; hechas: readonly Hecha[] }>

/** Varios a la vez sobre una reserva recién hecha, cada uno por la vía que le toca. */
const correr = async (pista: Pista, { azar, vias }: Suerte): Promise<Corrida> => {
  const { id } = await pista.api.invitado.unaReserva()
  const planes = Array.from({ length: CORREDORES }, () =>
    Array.from({ length: elegir(azar, POR_CORREDOR) }, () => ({ via: elegir(azar, vias), verbo: elegir(azar, SALEN) })),
  )
  const hechas: Hecha[] = []
  const corredor = async (plan: (typeof planes)[number]): Promise<void> => {
    for (const { via, verbo } of plan) {
      const desde = performance.now()
      const desenlace = await VIAS[via](pista, verbo, id)
      hechas.push({ id: desenlace.id, via, verbo, dicho: dichoDe(desenlace), desde, hasta: performance.now() })
    }
  }
  await Promise.all(planes.map(corredor))
  return { id, hechas }
}

const A_LA_VEZ = 16

/** Las historias de `cuantas` carreras, varias reservas a la vez: lo que se dijo, lo que se publicó y lo que quedó. */
export const historias = async (pista: Pista, cuantas: number, suerte: Suerte): Promise<readonly Historia[]> => {
  const corridas: Corrida[] = []
  let empezadas = 0
  const turno = async (): Promise<void> => {
    while (empezadas++ < cuantas) {
      corridas.push(await correr(pista, suerte))
      if (corridas.length % 250 === 0) console.error(`orden: ${corridas.length} de ${cuantas}`)
    }
  }
  await Promise.all(Array.from({ length: A_LA_VEZ }, turno))
  const eventos = await publicados(pista.api)
  const filas = new Map((await pista.api.sistema.almacen.lector.todas(comoQuedaron, {})).map((fila) => [fila.id, fila]))
  return corridas.map(({ id, hechas }) => ({ id, hechas, eventos: eventos.get(id) ?? [], reserva: filas.get(id) }))
}

const consulta = consultas<{ reservas: { id: string; version: number; estado: string } }>()
const comoQuedaron = consulta((db, _: object) => db.selectFrom('reservas').select(['id', 'version', 'estado']))

/** Todos los eventos publicados, por reserva. Sale de todos antes uno más, el último: visto, no falta ninguno. */
const publicados = async ({ sistema, invitado }: Api): Promise<ReadonlyMap<string, readonly Evento[]>> => {
  const { id: ultima } = await invitado.unaReserva()
  const vistos = new Map<string, Evento[]>()
  const fin = new AbortController()
  for await (const mensaje of sistema.broker.leer({ topico: vuelos.EventosReserva.nombre, desde: 'primero', senal: fin.signal })) {
    const { tipo, data, atributos } = vuelos.EventosReserva.leer(mensaje, sistema.esquemas)
    const suyos = vistos.get(String(data.id_reserva)) ?? []
    suyos.push({ tipo, version: Number(data.version), causa: atributos.causa })
    vistos.set(String(data.id_reserva), suyos)
    if (data.id_reserva === ultima) fin.abort()
  }
  return vistos
}
