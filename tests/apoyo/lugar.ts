import type { TestContext } from 'node:test'
import type { Api, OpcionesDeApi } from './api.ts'
import type { SidecarDePrueba } from './sidecar.ts'

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
