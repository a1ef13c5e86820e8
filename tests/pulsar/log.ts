import { WebSocket } from 'ws'
import type { FilaDeLog } from '../procesos/apoyo/leyes.ts'

/** Un Pulsar, visto sin nada del producto: `ws` y su administración, sin más. */
export type EspacioDePulsar = Readonly<{ puertoHttp: number; espacio: string }>

/** Un mensaje tal como Pulsar lo guarda. */
export type MensajeCrudo = Readonly<{ topico: string; llave: string | null; propiedades: Readonly<Record<string, string>>; datos: Buffer }>

const HOST = '127.0.0.1'
const ADELANTADOS = 1_000
const PLAZO_MS = 20_000

const preguntar = async <T>({ puertoHttp }: EspacioDePulsar, ruta: string): Promise<T | undefined> => {
  const respuesta = await fetch(`http://${HOST}:${puertoHttp}/admin/v2/${ruta}`)
  if (respuesta.status === 404) return undefined
  if (!respuesta.ok) throw new Error(`${ruta}: ${respuesta.status} ${await respuesta.text()}`)
  return (await respuesta.json()) as T
}

/** Los nombres de todos los tópicos del espacio, sin las particiones que los forman. */
export const topicosDe = async (donde: EspacioDePulsar): Promise<readonly string[]> => {
  const todos = (await preguntar<string[]>(donde, `persistent/public/${donde.espacio}`)) ?? []
  return todos.map((nombre) => nombre.split('/').at(-1) ?? '').filter((nombre) => nombre !== '' && !nombre.startsWith('__'))
}

/** Todo lo que hay ahora en un tópico, en su orden. */
export const leerLog = async (donde: EspacioDePulsar, topico: string): Promise<readonly MensajeCrudo[]> => {
  const estado = await preguntar<{ entriesAddedCounter: number; numberOfEntries: number }>(
    donde,
    `persistent/public/${donde.espacio}/${encodeURIComponent(topico)}/internalStats`,
  )
  const cuantos = estado?.numberOfEntries ?? 0
  const leidos: MensajeCrudo[] = []
  if (cuantos === 0) return leidos
  const camino = `persistent/public/${donde.espacio}/${encodeURIComponent(topico)}?messageId=earliest&receiverQueueSize=${ADELANTADOS}`
  const enchufe = new WebSocket(`ws://${HOST}:${donde.puertoHttp}/ws/v2/reader/${camino}`)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const plazo = setTimeout(() => reject(new Error(`de ${topico} llegaron ${leidos.length} y hay ${cuantos}`)), PLAZO_MS)
  enchufe.on('error', reject)
  enchufe.on('message', (texto) => {
    const { messageId, payload, properties = {}, key } = JSON.parse(String(texto))
    leidos.push({ topico, llave: key ?? null, propiedades: properties, datos: Buffer.from(payload, 'base64') })
    enchufe.send(JSON.stringify({ messageId }))
    if (leidos.length === cuantos) resolve()
  })
  try {
    await promise
  } finally {
    clearTimeout(plazo)
    enchufe.close()
  }
  return leidos
}

/** Todo lo publicado en el espacio, como filas de un log: los tópicos uno tras otro, cada uno en su orden. */
export const leerTodoElLog = async (donde: EspacioDePulsar): Promise<readonly FilaDeLog[]> => {
  const filas: FilaDeLog[] = []
  for (const topico of await topicosDe(donde))
    for (const { propiedades, ...mensaje } of await leerLog(donde, topico))
      filas.push({ ...mensaje, id: propiedades.id ?? '', propiedades: JSON.stringify(propiedades) })
  return filas
}
