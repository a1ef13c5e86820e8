import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect, createServer } from 'node:net'
import { hastaQue } from './hechos.ts'

/** Una petición que el servidor ya tiene entre manos y aún no responde. */
export type EnCurso = Readonly<{
  terminar: (cuerpo?: string) => Promise<Readonly<{ estado: number; texto: string }>>
  abandonar: () => void
}>

/**
 * Manda las cabeceras y espera el `100 Continue` con que el servidor dice que las leyó: desde ahí está en curso. `terminar` manda el
 * cuerpo y da la respuesta. Con `guardar`, el cliente no cierra su conexión después.
 */
export const empezarPeticion = async (
  url: string,
  {
    metodo = 'GET',
    cabeceras = {},
    guardar = false,
  }: { metodo?: string; cabeceras?: Readonly<Record<string, string>>; guardar?: boolean } = {},
): Promise<EnCurso> => {
  const peticion = request(url, {
    method: metodo,
    agent: guardar ? new Agent({ keepAlive: true }) : false,
    headers: { ...cabeceras, expect: '100-continue' },
  })
  const respuesta = once(peticion, 'response')
  respuesta.catch(() => {})
  peticion.flushHeaders()
  await once(peticion, 'continue')
  return { terminar: (cuerpo) => terminar(peticion, respuesta, cuerpo), abandonar: () => void peticion.destroy() }
}

const terminar = async (peticion: ClientRequest, respuesta: Promise<unknown[]>, cuerpo: string | undefined) => {
  peticion.end(cuerpo)
  const [mensaje] = (await respuesta) as [IncomingMessage]
  const trozos: Buffer[] = []
  for await (const trozo of mensaje) trozos.push(trozo)
  return { estado: mensaje.statusCode ?? 0, texto: Buffer.concat(trozos).toString('utf8') }
}

/** Si alguien atiende conexiones ahí. */
export const atiende = (api: string): Promise<boolean> =>
  new Promise((resolver) => {
    const { hostname, port } = new URL(api)
    const enchufe = connect(Number(port), hostname)
    enchufe.once('connect', () => resolver(enchufe.destroy() !== undefined))
    enchufe.once('error', () => resolver(false))
  })

/** Espera a que deje de aceptar conexiones: lo primero que hace quien se detiene. */
export const dejaDeAceptar = (api: string): Promise<true> => hastaQue(`que ${api} no acepte más`, async () => !(await atiende(api)))

/** Ocupa un puerto (0: cualquiera) hasta `soltar`. Si ya lo ocupa otro, también está ocupado. */
export const ocuparPuerto = async (puerto: number): Promise<Readonly<{ puerto: number; soltar: () => void }>> => {
  const servidor = createServer().listen(puerto, '127.0.0.1')
  const [error] = await Promise.race([once(servidor, 'listening'), once(servidor, 'error')])
  if (error !== undefined && (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
  const direccion = servidor.address()
  return { puerto: typeof direccion === 'object' && direccion !== null ? direccion.port : puerto, soltar: () => void servidor.close() }
}
