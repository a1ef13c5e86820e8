import { once } from 'node:events'
import { createServer } from 'node:net'

/** Un puerto de esta máquina que ahora no usa nadie. */
export const puertoLibre = async (): Promise<number> => {
  const servidor = createServer().listen(0, '127.0.0.1')
  await once(servidor, 'listening')
  const direccion = servidor.address()
  servidor.close()
  if (direccion === null || typeof direccion === 'string') throw new Error('sin puerto')
  return direccion.port
}
