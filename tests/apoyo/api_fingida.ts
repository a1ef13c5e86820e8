import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { abrirSidecar, type OpcionesDeSidecar, type SidecarDePrueba } from './sidecar.ts'

type Responder = (peticion: IncomingMessage, respuesta: ServerResponse) => unknown

/** Un servidor HTTP en el lugar de la API, que responde lo que la prueba diga: lo que la de verdad haría muy de vez en cuando. */
export type ApiFingida = {
  responder: Responder
  readonly recibidas: IncomingMessage[]
  readonly puerto: number
  /** Un adaptador que le pide a ella; se cierra con la prueba. */
  readonly sidecar: (opciones?: Partial<OpcionesDeSidecar>) => Promise<SidecarDePrueba>
  readonly cerrar: () => Promise<void>
}

export const apiFingida = async (t: Pick<TestContext, 'after'>): Promise<ApiFingida> => {
  const servidor = createServer((peticion, respuesta) => {
    fingida.recibidas.push(peticion)
    fingida.responder(peticion, respuesta)
  }).listen(0, '127.0.0.1')
  await once(servidor, 'listening')
  const { port: puerto } = servidor.address() as AddressInfo
  const cerrar = async () => {
    servidor.closeAllConnections()
    if (servidor.listening) await new Promise((listo) => servidor.close(listo))
  }
  const abiertos: SidecarDePrueba[] = []
  t.after(async () => {
    await Promise.all(abiertos.map((uno) => uno.cerrar()))
    await cerrar()
  })
  const fingida: ApiFingida = {
    responder: (_, respuesta) => respuesta.writeHead(500).end('{}'),
    recibidas: [],
    puerto,
    sidecar: async (opciones = {}) => {
      const abierto = await abrirSidecar({ api: `http://127.0.0.1:${puerto}`, ...opciones })
      abiertos.push(abierto)
      return abierto
    },
    cerrar,
  }
  return fingida
}
