import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { RegistroEsquemas } from '../../../mensajes/esquemas.ts'
import { crearAdmin } from './admin.ts'
import { SesionDeConsumidor } from './consumidor.ts'
import { leerPedido, Negado, type Pedido } from './direccion.ts'
import { atenderLector } from './lector.ts'
import { CIERRE, LIMITES_WS, type LimitesWs } from './limites.ts'
import type { PartesWs, Sesion } from './partes.ts'
import { atenderProductor, secuenciaInicial } from './productor.ts'
import { olvidarProductores } from './tablas.ts'

const DIA_MS = 24 * 60 * 60_000
/** Un productor que calla tanto vuelve como nuevo: lo que repita lo reconoce el inbox de quien lo consuma. */
const PRODUCTOR_MS = 30 * DIA_MS

export type PartesDelServidorWs = Omit<PartesWs, 'limites'> &
  Readonly<{
    esquemas: RegistroEsquemas
    /** Con ella, quien no la traiga no pasa. */
    token?: string
    limites?: Partial<LimitesWs>
  }>

export type ServidorWs = Readonly<{
  /** Escucha y devuelve la dirección. Rechaza con `EADDRINUSE` si el puerto está ocupado. */
  escuchar: (donde: { host: string; puerto: number }) => Promise<string>
  /** Despide a todos (1012): lo que tenían vuelve a su suscripción y lo que enviaron queda confirmado o sin guardar. */
  detener: () => Promise<void>
}>

/**
 * El broker embebido con la voz de Pulsar: su API de WebSocket y la parte de su API de administración que hace falta. Otro proceso, en
 * el lenguaje que sea, publica, consume y lee como lo haría en un Pulsar de verdad. Las diferencias están en docs/brokers.md.
 */
export const crearServidorWs = ({ esquemas, token, ...datos }: PartesDelServidorWs): ServidorWs => {
  const partes: PartesWs = { ...datos, limites: { ...LIMITES_WS, ...datos.limites } }
  const { almacen, entorno, limites, alFallar } = partes
  const enchufes = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: limites.trama })
  const sesiones = new Map<WebSocket, Sesion>()
  const productores = new Set<string>()
  const deSuscripcion = (topico: string, suscripcion: string): readonly SesionDeConsumidor[] =>
    [...sesiones.values()].flatMap((una) =>
      una instanceof SesionDeConsumidor && una.topico === topico && una.suscripcion === suscripcion ? [una] : [],
    )
  const admin = crearAdmin({ partes, esquemas, deSuscripcion })
  const servidor = createServer((peticion, respuesta) => {
    const negado = sinPermiso(peticion, token)
    if (negado === undefined) return admin(peticion, respuesta)
    respuesta.writeHead(negado.estado, { 'content-type': 'application/json' }).end(JSON.stringify({ reason: negado.message }))
  })
  let cerrando = false

  const abrir = async (peticion: IncomingMessage, socket: Duplex, cabeza: Buffer): Promise<void> => {
    const negado = sinPermiso(peticion, token)
    if (negado !== undefined) throw negado
    if (cerrando || sesiones.size >= limites.enchufes) throw new Negado(503, 'No se admiten más enchufes ahora.')
    const conectar = await prepararSesion(partes, leerPedido(peticion.url ?? ''), productores)
    if (socket.destroyed || cerrando) {
      await conectar.abandonar()
      throw new Negado(503, 'Se está deteniendo.')
    }
    let abierto = false
    enchufes.handleUpgrade(peticion, socket, cabeza, (enchufe) => {
      abierto = true
      const sesion = conectar.conectar(enchufe)
      sesiones.set(enchufe, sesion)
      const vivo = latir(enchufe, partes)
      enchufe.on('message', (datos, binaria) => {
        vivo.senal()
        if (binaria) enchufe.close(1003, 'Sólo tramas de texto.')
        else recibir(enchufe, sesion, datos.toString(), alFallar)
      })
      enchufe.on('error', () => {}) // una trama mal hecha: `ws` ya cierra con su código
      enchufe.on('close', () => {
        vivo.soltar()
        conectar.abandonar().catch(alFallar)
        sesiones.delete(enchufe)
      })
    })
    // A un saludo mal hecho `ws` ya respondió, y no abrió nada: lo que se preparó para él se suelta.
    if (!abierto) await conectar.abandonar()
  }

  servidor.on('upgrade', (peticion, socket, cabeza) => {
    socket.on('error', () => socket.destroy())
    abrir(peticion, socket, cabeza).catch((error: unknown) => {
      if (!(error instanceof Negado)) alFallar(error)
      responder(socket, error instanceof Negado ? error : new Negado(500, 'Error interno.'))
    })
  })

  const limpiar = () => {
    almacen.ejecutar((tx) => tx.ejecutar(olvidarProductores, { antes: entorno.reloj.ahora() - PRODUCTOR_MS }), 'consumidor').catch(alFallar)
    limpieza = entorno.planificador.tras(DIA_MS, limpiar)
  }
  let limpieza = entorno.planificador.tras(DIA_MS, limpiar)

  return {
    escuchar: (donde) => escuchar(servidor, donde),
    detener: async () => {
      cerrando = true
      limpieza.cancelar()
      servidor.close()
      const suyas = [...sesiones]
      await Promise.all(suyas.map(([, sesion]) => sesion.soltar()))
      await Promise.all(suyas.map(([enchufe]) => despedir(enchufe, partes)))
      servidor.closeAllConnections()
    },
  }
}

type Preparada = Readonly<{ conectar: (enchufe: WebSocket) => Sesion; abandonar: () => Promise<void> }>

/** Lo que puede negarse se niega antes de abrir el enchufe. */
const prepararSesion = async (partes: PartesWs, pedido: Pedido, productores: Set<string>): Promise<Preparada> => {
  if (pedido.clase === 'productor') return prepararProductor(partes, pedido, productores)
  if (pedido.clase === 'lector') {
    let sesion: Sesion | undefined
    return { conectar: (enchufe) => (sesion = atenderLector(partes, enchufe, pedido)), abandonar: async () => sesion?.soltar() }
  }
  const sesion = new SesionDeConsumidor(partes, pedido)
  await sesion.unirse().catch((error: Error) => {
    throw new Negado(409, error.message)
  })
  return {
    conectar: (enchufe) => {
      sesion.conectar(enchufe)
      return sesion
    },
    abandonar: () => sesion.soltar(),
  }
}

const prepararProductor = async (
  partes: PartesWs,
  pedido: Extract<Pedido, { clase: 'productor' }>,
  productores: Set<string>,
): Promise<Preparada> => {
  const { topico, nombre } = pedido
  const ocupa = JSON.stringify([topico, nombre])
  if (nombre !== undefined && productores.has(ocupa)) throw new Negado(409, `El productor ${nombre} ya está conectado.`)
  if (nombre !== undefined) productores.add(ocupa)
  let sesion: Sesion | undefined
  // El nombre queda libre cuando ya se sabe qué fue de lo que envió.
  const abandonar = async (): Promise<void> => {
    await sesion?.soltar()
    if (nombre !== undefined) productores.delete(ocupa)
  }
  const inicial = await secuenciaInicial(partes, pedido).catch(async (error: unknown) => {
    await abandonar()
    throw error
  })
  return { conectar: (enchufe) => (sesion = atenderProductor(partes, enchufe, pedido, inicial)), abandonar }
}

/** Una trama que hace fallar a quien la atiende cierra el enchufe por el que vino, y nada más. */
const recibir = (enchufe: WebSocket, sesion: Sesion, texto: string, alFallar: (error: unknown) => void): void => {
  try {
    sesion.recibir(texto)
  } catch (error) {
    alFallar(error)
    enchufe.close(CIERRE.error, 'Error interno.')
  }
}

/** Un navegador dice desde qué página pide, y ninguna página tiene nada que hacer aquí: sin esto, cualquier sitio abierto podría publicar. */
const sinPermiso = (peticion: IncomingMessage, token: string | undefined): Negado | undefined => {
  const { origin, 'sec-fetch-site': sitio, authorization = '' } = peticion.headers
  if (origin !== undefined || sitio !== undefined) return new Negado(403, 'Desde un navegador no se admite.')
  if (token === undefined) return undefined
  const dado = /^Bearer (.+)$/.exec(authorization)?.[1] ?? URL.parse(peticion.url ?? '', 'http://broker')?.searchParams.get('token') ?? ''
  const [a, b] = [Buffer.from(dado), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b) ? undefined : new Negado(401, 'Falta el token, o no es ése.')
}

const responder = (socket: Duplex, { estado, message }: Negado): void => {
  const cuerpo = JSON.stringify({ reason: message })
  socket.end(
    `HTTP/1.1 ${estado} ${STATUS_CODES[estado]}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(cuerpo)}\r\nConnection: close\r\n\r\n${cuerpo}`,
  )
}

/** Pregunta cada tanto si el otro sigue ahí; quien no da señal entre dos preguntas se corta. */
const latir = (enchufe: WebSocket, { entorno, limites }: PartesWs): Readonly<{ senal: () => void; soltar: () => void }> => {
  let vivo = true
  const senal = (): void => {
    vivo = true
  }
  const latido = (): void => {
    if (!vivo) return void enchufe.terminate()
    // A quien se dejó de leer no se le oye: eso no es silencio suyo.
    vivo = enchufe.isPaused
    enchufe.ping()
    siguiente = entorno.planificador.tras(limites.latido, latido)
  }
  let siguiente = entorno.planificador.tras(limites.latido, latido)
  enchufe.on('pong', senal)
  enchufe.on('ping', senal)
  return { senal, soltar: () => siguiente.cancelar() }
}

const despedir = (enchufe: WebSocket, { entorno, limites }: PartesWs): Promise<void> =>
  new Promise((listo) => {
    if (enchufe.readyState === enchufe.CLOSED) return listo()
    const plazo = entorno.planificador.tras(limites.despedida, () => enchufe.terminate())
    enchufe.once('close', () => {
      plazo.cancelar()
      listo()
    })
    enchufe.resume()
    enchufe.close(CIERRE.reinicio, 'Se está deteniendo.')
  })

const escuchar = (servidor: Server, { host, puerto }: { host: string; puerto: number }): Promise<string> =>
  new Promise((listo, fallo) => {
    servidor.once('error', fallo)
    servidor.listen(puerto, host, () => {
      servidor.off('error', fallo)
      const { port } = servidor.address() as AddressInfo
      listo(`http://${host.includes(':') ? `[${host}]` : host}:${port}`)
    })
  })
