// Quien pide, en su proceso: a un ritmo que no depende de lo que le respondan, y anota cada promesa que recibe.
import { writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as dormir } from 'node:timers/promises'
import { ahoraMs, atender } from '../../bench/hijo.ts'
import { conectar, lectorDeRespuestas } from '../../bench/http_crudo.ts'

/**
 * Con `ritmo` (por segundo) llegan a ése, respondan lo que respondan; quien llega toma una conexión libre y, si no hay ninguna, se va sin
 * pedir. Sin él, cada conexión pide en cuanto le responden. `promesas`: dónde dejar los identificadores de lo aceptado.
 */
type Pedidos = Readonly<{ puerto: number; peticiones: readonly string[]; conexiones: number; ms: number; ritmo?: number; promesas: string }>

export type Respondido = Readonly<{
  desde: number
  hasta: number
  /** Quisieron pedir; las que no hallaron conexión están todas esperando lo suyo. */
  ofrecidas: number
  sinConexion: number
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

/** De a menos de los que un servidor tiene por aceptar (511): a los demás el sistema los haría repetir un segundo después. */
const conectarTodos = async (puerto: number, cuantos: number): Promise<readonly Socket[]> => {
  const enchufes: Socket[] = []
  while (enchufes.length < cuantos) {
    const tanda = Math.min(256, cuantos - enchufes.length)
    enchufes.push(...(await Promise.all(Array.from({ length: tanda }, () => conectar(puerto)))))
  }
  return enchufes
}

const pedir = async ({ puerto, peticiones, conexiones, ms, ritmo, promesas }: Pedidos): Promise<Respondido> => {
  const antes = process.cpuUsage()
  const enchufes = await conectarTodos(puerto, conexiones)
  const cuenta = { ofrecidas: 0, sinConexion: 0, pedidas: 0, negadas: 0, sinPlazo: 0 }
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
      const llegan = Math.floor(((ahoraMs() - inicio) * ritmo) / 1_000) - cuenta.ofrecidas
      const toman = libres.splice(0, llegan)
      for (const enviar of toman) enviar()
      cuenta.ofrecidas += llegan
      cuenta.sinConexion += llegan - toman.length
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

/** Más de lo que un 503 dice esperar con las conexiones de la puerta (15 s): lo que quedó sin leer se lee y se responde después. */
const ESPERA_MS = 20_000

const ordenes = { pedir }
export type OrdenesDelGenerador = typeof ordenes

atender(ordenes)
