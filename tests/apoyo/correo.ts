import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { paraCorreo } from 'notificaciones/pruebas/constructores.ts'
import type { ContactoLeido, ReservaLeida } from 'notificaciones/reserva.ts'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'

/** Qué hace el servidor con cada correo. Los cortes son de la conexión por la que llega. */
export type Trato = 'aceptar' | 'cortar_a_mitad' | 'cortar_tras_aceptar' | 'callar' | 'ahora_no' | 'no_nunca'

/** Un servidor SMTP de verdad que anota lo que acepta, antes de decir que lo aceptó. */
export type ServidorDeCorreo = Readonly<{
  url: string
  puerto: number
  /** Los aceptados, en orden. */
  aceptados: readonly Email[]
  /** Cuántas veces le entregaron el cuerpo de un correo, o su comienzo. */
  entregas: () => number
  cerrar: () => Promise<void>
}>

type Opciones = Readonly<{
  puerto?: number
  /** Cómo trata cada entrega, contada desde 1. */
  tratar?: (entrega: number, para: string) => Trato
  /** Corre con uno ya anotado y antes de decir que se aceptó. */
  alAceptar?: (cuantos: number) => void
  /** De cada aceptado, sus cabeceras y nada más: descifrar un correo entero cuesta. */
  soloCabeceras?: boolean
  /** A quiénes no conoce: responde 550. */
  desconoce?: (para: string) => boolean
}>

export const abrirServidorDeCorreo = async ({
  puerto = 0,
  tratar = () => 'aceptar',
  desconoce = () => false,
  soloCabeceras = false,
  alAceptar = () => {},
}: Opciones = {}): Promise<ServidorDeCorreo> => {
  const aceptados: Email[] = []
  const conexiones = new Map<number, Socket>()
  let entregas = 0
  const servidor = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _, listo) => listo(desconoce(address) ? conCodigo(550, 'No existe ese buzón') : null),
    onData: (flujo, { envelope, remotePort }, listo) => {
      const trato = tratar(++entregas, envelope.rcptTo[0]?.address ?? '')
      const cortar = (): void => void conexiones.get(remotePort)?.destroy()
      if (trato === 'cortar_a_mitad') return void flujo.once('data', cortar)
      leer(flujo)
        .then(async (bytes) => {
          if (trato === 'ahora_no') return listo(conCodigo(451, 'Vuelve más tarde'))
          if (trato === 'no_nunca') return listo(conCodigo(554, 'Parece basura'))
          if (trato === 'callar') return
          aceptados.push(await PostalMime.parse(soloCabeceras ? bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4) : bytes))
          alAceptar(aceptados.length)
          if (trato === 'cortar_tras_aceptar') return cortar()
          listo()
        })
        .catch(() => {}) // quien enviaba se fue: no hay a quién responder
    },
  })
  servidor.on('error', () => {}) // las conexiones que la prueba corta
  servidor.server.on('connection', (conexion: Socket) => {
    const { remotePort = 0 } = conexion
    conexiones.set(remotePort, conexion)
    conexion.once('close', () => conexiones.delete(remotePort))
  })
  await once(servidor.listen(puerto, '127.0.0.1'), 'listening')
  const { port } = servidor.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    puerto: port,
    aceptados,
    entregas: () => entregas,
    cerrar: async () => {
      const cerrado = new Promise<void>((listo) => servidor.close(() => listo()))
      for (const conexion of conexiones.values()) conexion.destroy()
      await cerrado
    },
  }
}

/** El valor de una cabecera; `undefined` si el correo no la lleva. */
export const cabeceraDe = (correo: Email | undefined, nombre: string): string | undefined =>
  correo?.headers.find(({ key }) => key === nombre)?.value

const conCodigo = (responseCode: number, mensaje: string): Error => Object.assign(new Error(mensaje), { responseCode })

const leer = async (flujo: SMTPServerDataStream): Promise<Buffer> => {
  const trozos: Buffer[] = []
  for await (const trozo of flujo) trozos.push(trozo)
  return Buffer.concat(trozos)
}

/** Lo que la API responde a un servicio que pregunta por una reserva, y cuánto se le ha preguntado. */
export type ApiDeReservas = Readonly<{ url: string; pedidos: readonly string[]; cerrar: () => Promise<void> }>

type Respuestas = Readonly<{
  contacto?: (id: string) => ContactoLeido | number
  reserva?: (id: string) => ReservaLeida | number
  puerto?: number
}>

/** Un servicio HTTP con las dos rutas que se le preguntan a la API. Un número es un estado sin cuerpo. */
export const abrirApiDeReservas = async ({
  contacto = () => paraCorreo().contacto,
  reserva = (id) => ({ ...paraCorreo().reserva, id }),
  puerto = 0,
}: Respuestas = {}): Promise<ApiDeReservas> => {
  const pedidos: string[] = []
  const servidor = createServer((pedido, respuesta) => {
    const [, , , id = '', que] = (pedido.url ?? '').split('/')
    pedidos.push(`${pedido.headers['x-actor']} ${pedido.url}`)
    const cuerpo = que === 'contacto' ? contacto(id) : reserva(id)
    if (typeof cuerpo === 'number') respuesta.writeHead(cuerpo).end()
    else respuesta.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(cuerpo))
  })
  servidor.listen(puerto, '127.0.0.1')
  await once(servidor, 'listening')
  return {
    url: `http://127.0.0.1:${(servidor.address() as AddressInfo).port}`,
    pedidos,
    cerrar: async () => {
      servidor.closeAllConnections()
      await new Promise((listo) => servidor.close(listo))
    },
  }
}
