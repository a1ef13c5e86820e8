import type { TestContext } from 'node:test'
import type { ModoDeAerolinea } from 'aeroalpes-api/modulos/vuelos/index.ts'
import type { Sistema } from 'aeroalpes-api/sistema.ts'
import type { Rol } from 'seedwork/aplicacion/actor.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import type { Linea } from 'seedwork/presentacion/servidor_de_prueba.ts'
import type { VuelosClient } from 'sidecar/gen/vuelos.ts'
import type { Cliente } from './cliente.ts'

/** La API de verdad, escuchando en un puerto libre, con su almacén y su broker en una carpeta que se borra al cerrar. */
export type Api = Readonly<{
  url: string
  carpeta: string
  /** `sqlite` o la dirección de su base. */
  base: string
  /** Lo publicado de una reserva en un tópico: sus tipos, en orden. */
  publicados: (topico: string, llave: string) => Promise<readonly string[]>
  /** Si el log de los tópicos está en la carpeta. */
  conLog: boolean
  sistema: Sistema
  lineas: readonly Linea[]
  invitado: Cliente
  operador: Cliente
  /** Quien firma como `id`: cada prueba usa los suyos, así no se ven unas a otras. */
  como: (id: string, rol?: Rol) => Cliente
  cerrar: () => Promise<void>
}>

export type OpcionesDeApi = Readonly<{ entorno?: Entorno; listaAbierta?: boolean; aerolinea?: ModoDeAerolinea }>

/** Un adaptador de verdad, escuchando en un puerto libre, y un cliente gRPC conectado a él. */
export type SidecarDePrueba = Readonly<{
  direccion: string
  cliente: VuelosClient
  lineas: readonly Linea[]
  detener: () => Promise<void>
  cerrar: () => Promise<void>
}>

/** El sistema entero, como lo ve quien usa su página. */
export type SistemaVisto = Readonly<{
  ui: string
  api: string
  /** Si la página tiene un buzón; si no, los correos salen a un servidor. */
  conBuzon: boolean
  /** Cuántos correos salieron cuyo asunto nombra esto. */
  correosDe: (localizador: string) => number
  morir: () => Promise<void>
  volver: () => Promise<void>
}>

export type Alcance = Pick<TestContext, 'after'>

/** Un despliegue sobre el que corren las mismas pruebas que, si no se dice otra cosa, corren en un proceso. */
export type Lugar = Readonly<{
  abrirApi: (opciones: OpcionesDeApi) => Promise<Api>
  /** El que atiende delante de esa API, si es de este lugar. */
  abrirSidecar: (api: string) => Promise<SidecarDePrueba | undefined>
  abrirSistema: (alcance: Alcance) => Promise<SistemaVisto>
}>

let elegido: Lugar | undefined

/** Las pruebas que se carguen después de esto corren ahí. */
export const correrEn = (lugar: Lugar): void => {
  elegido = lugar
}

export const lugarElegido = (): Lugar | undefined => elegido
