// Quien pide, en su proceso: a un ritmo que no depende de lo que le respondan, y anota cada promesa que recibe.
import { writeFileSync } from 'node:fs'
import { setTimeout as dormir } from 'node:timers/promises'
import { ahoraMs, atender } from '../../bench/hijo.ts'
import { conectar, lectorDeRespuestas } from '../../bench/http_crudo.ts'

/** Sin `ritmo` (por segundo) cada conexión pide en cuanto le responden. `promesas`: dónde dejar los identificadores de lo aceptado. */
type Pedidos = Readonly<{ puerto: number; peticiones: readonly string[]; conexiones: number; ms: number; ritmo?: number; promesas: string }>

export type Respondido = Readonly<{
  desde: number
  hasta: number
  pedidas: number
  aceptadas: number
  negadas: number
  /** Negadas sin decir cuándo volver. */
  sinPlazo: number
  otras: Readonly<Record<string, number>>
  /** Parte de un núcleo que gastó en pedir. */
  uso: number
}>

const LOCATION = /\r\nlocation: \/operaciones\/([^\r]+)/i
const RETRY_AFTER = /\r\nretry-after: [1-9]\d*/i
const ENTRE_TANDAS_MS = 2

const pedir = async ({ puerto, peticiones, conexiones, ms, ritmo, promesas }: Pedidos): Promise<Respondido> => {
  const antes = process.cpuUsage()
  const enchufes = await Promise.all(Array.from({ length: conexiones }, () => conectar(puerto)))
  const cuenta = { pedidas: 0, negadas: 0, sinPlazo: 0 }
  const aceptadas: string[] = []
  const otras: Record<string, number> = {}
  const libres: (() => void)[] = []
  const desde = Date.now()
  const inicio = ahoraMs()
  const quedaTiempo = () => ahoraMs() < inicio + ms
  for (const [i, enchufe] of enchufes.entries()) {
    let cual = i
    const enviar = () => {
      cuenta.pedidas += 1
      enchufe.write(peticiones[cual++ % peticiones.length] as string)
    }
    const leer = lectorDeRespuestas((estado, cabecera) => {
      const [, id] = LOCATION.exec(cabecera) ?? []
      if (estado === 202 && id !== undefined) aceptadas.push(id)
      else if (estado === 503) {
        cuenta.negadas += 1
        if (!RETRY_AFTER.test(cabecera)) cuenta.sinPlazo += 1
      } else otras[estado] = (otras[estado] ?? 0) + 1
      if (ritmo === undefined && quedaTiempo()) enviar()
      else libres.push(enviar)
    })
    enchufe.on('data', leer)
    enchufe.on('error', (error: Error & { code?: string }) => {
      otras[error.code ?? 'error'] = (otras[error.code ?? 'error'] ?? 0) + 1
    })
    libres.push(enviar)
  }
  if (ritmo === undefined) for (const enviar of libres.splice(0)) enviar()
  while (quedaTiempo()) {
    if (ritmo !== undefined) {
      const debidas = Math.floor(((ahoraMs() - inicio) * ritmo) / 1_000) - cuenta.pedidas
      for (const enviar of libres.splice(0, Math.max(0, debidas))) enviar()
    }
    await dormir(ENTRE_TANDAS_MS)
  }
  const hasta = Date.now()
  const plazo = ahoraMs() + ESPERA_MS
  while (libres.length < conexiones && ahoraMs() < plazo) await dormir(ENTRE_TANDAS_MS)
  if (libres.length < conexiones) otras.sin_respuesta = conexiones - libres.length
  for (const enchufe of enchufes) enchufe.destroy()
  writeFileSync(promesas, JSON.stringify(aceptadas))
  const { user, system } = process.cpuUsage(antes)
  return { desde, hasta, ...cuenta, aceptadas: aceptadas.length, otras, uso: (user + system) / 1_000 / (ahoraMs() - inicio) }
}

const ESPERA_MS = 10_000

const ordenes = { pedir }
export type OrdenesDelGenerador = typeof ordenes

atender(ordenes)
