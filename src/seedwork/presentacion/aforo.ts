import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Planificador } from '../infraestructura/puertos.ts'
import { enviarProblema, problemaDeOrilla } from './problema.ts'

/** Cuántos pedidos que escriben caben a la vez, y qué se hace con los demás. */
export type Aforo = Readonly<{
  /** Si hay lugar, sin ocuparlo: a quien aún no dijo lo que pide no se le guarda. Para lo que sólo lee siempre lo hay. */
  cabe: (peticion: FastifyRequest) => boolean
  /** Si cabe, y ocupa su lugar hasta que `salir`. */
  entrar: (peticion: FastifyRequest) => boolean
  /** Deja el lugar, si lo ocupaba. */
  salir: (peticion: FastifyRequest) => void
  /** Responde que no hay lugar y cuándo volver; hasta entonces de esa conexión no se lee nada. */
  negar: (peticion: FastifyRequest, respuesta: FastifyReply) => void
}>

export type DatosDelAforo = Readonly<{ lugares: number; planificador: Planificador; registro: Registry }>

const LEEN = new Set(['GET', 'HEAD', 'OPTIONS'])
/** A cuántos de los que esperan se les dice que vuelvan en cada segundo. Negarse cuesta unos 100 µs: 25 ms de cada segundo, insistan los que insistan. */
const VUELVEN_POR_SEGUNDO = 250
const ESPERA_MAXIMA_S = 30

/**
 * Quien insiste sin esperar paga con su espera y no con el procesador de los demás: a quien se le dijo que volviera no se lo lee antes.
 *
 * Pero la conexión de un intermediario es de muchos: pausarla haría esperar a quien nadie negó. Él lo dice (`Via`, RFC 9110 §7.6.3, como
 * hacen la página y el adaptador gRPC; o `X-Forwarded-For`), y se le cierra: lo siguiente le llega por otra. Fingirlo no da ventaja sobre
 * abrir otra conexión, que cualquiera puede.
 */
export const crearAforo = ({ lugares, planificador, registro }: DatosDelAforo): Aforo => {
  const dentro = new Set<FastifyRequest>()
  const enPausa = new Set<Socket>()
  const negadas = medir(registro, { dentro, enPausa })

  const pausar = (conexion: Socket, ms: number): void => {
    if (enPausa.has(conexion) || conexion.destroyed) return
    const reanudar = () => {
      alarma.cancelar()
      conexion.off('close', reanudar)
      enPausa.delete(conexion)
      conexion.resume()
    }
    const alarma = planificador.tras(ms, reanudar)
    conexion.once('close', reanudar)
    enPausa.add(conexion)
    conexion.pause()
  }

  const cabe = ({ method }: FastifyRequest): boolean => LEEN.has(method) || dentro.size < lugares

  return {
    cabe,
    entrar: (peticion) => {
      if (!cabe(peticion)) return false
      if (!LEEN.has(peticion.method)) dentro.add(peticion)
      return true
    },
    salir: (peticion) => void dentro.delete(peticion),
    negar: (peticion, respuesta) => {
      const { raw, headers } = peticion
      const segundos = Math.min(ESPERA_MAXIMA_S, 1 + Math.floor(enPausa.size / VUELVEN_POR_SEGUNDO))
      const problema = problemaDeOrilla('demasiados_a_la_vez', { 'retry-after': String(segundos) })
      negadas.inc()
      if (headers.via !== undefined || headers['x-forwarded-for'] !== undefined) {
        const despedir = () => enviarProblema(peticion, respuesta.header('connection', 'close'), problema)
        // Con el cuerpo a medio escribir, cerrar le haría perder la respuesta.
        if (raw.readableEnded) despedir()
        else raw.once('end', despedir).resume()
        return
      }
      // Al terminar de responder, Node descarta lo que quede del cuerpo, y para eso vuelve a leer: se pausa después.
      const alTerminar = raw.readableEnded ? respuesta.raw : raw
      alTerminar.once('close', () => pausar(raw.socket, segundos * 1_000))
      enviarProblema(peticion, respuesta, problema)
    },
  }
}

const medir = (registro: Registry, { dentro, enPausa }: Readonly<{ dentro: ReadonlySet<unknown>; enPausa: ReadonlySet<unknown> }>) => {
  const contar = (name: string, help: string, cuales: ReadonlySet<unknown>) =>
    new Gauge({
      name,
      help,
      registers: [registro],
      collect() {
        this.set(cuales.size)
      },
    })
  contar('http_escrituras_en_curso', 'Pedidos que escriben y aún no se responden', dentro)
  contar('http_conexiones_en_pausa', 'Conexiones que no se leen hasta que pase lo que se les dijo que esperaran', enPausa)
  return new Counter({ name: 'http_negadas_total', help: 'Pedidos negados por haber demasiados a la vez', registers: [registro] })
}
