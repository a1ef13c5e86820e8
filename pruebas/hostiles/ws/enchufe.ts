import { connect } from 'node:net'
import { SIN_CIERRE, SIN_CODIGO } from './oraculo.ts'
import { cierreCon, escribir } from './tramas.ts'

const PLAZO_MS = 20_000
const FIN_DE_CABECERA = '\r\n\r\n'

/** El código del primer cierre que hay en lo que el servidor mandó; `undefined` si no hay. Lanza si algo suyo no está bien escrito. */
const cierreEn = (bytes: Buffer): number | undefined => {
  let resto = bytes
  while (resto.length >= 2) {
    const [primero = 0, segundo = 0] = resto
    const opcode = primero & 0x0f
    if ((primero & 0x70) !== 0 || (segundo & 0x80) !== 0 || ![1, 2, 8, 9, 10].includes(opcode))
      throw new Error('el servidor escribió una trama mal hecha')
    const corto = segundo & 0x7f
    const cabeza = corto === 126 ? 4 : corto === 127 ? 10 : 2
    if (resto.length < cabeza) return undefined
    const largo = corto === 126 ? resto.readUInt16BE(2) : corto === 127 ? Number(resto.readBigUInt64BE(2)) : corto
    if (resto.length < cabeza + largo) return undefined
    if (opcode === 8) return largo === 0 ? SIN_CODIGO : resto.readUInt16BE(cabeza)
    resto = resto.subarray(cabeza + largo)
  }
  return undefined
}

/** `terminar`: tras escribirlo, decir que no hay más. Quien anuncia más de lo que manda no recibiría nunca respuesta. */
type Destino = Readonly<{ puerto: number; camino: string; terminar: boolean }>

/** Saluda, escribe esos bytes en los trozos que se digan y da el código con que el servidor cierra. Rechaza si no saluda o no cierra. */
export const atacarEnchufe = ({ puerto, camino, terminar }: Destino, trozos: readonly Buffer[]): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const socket = connect({ port: puerto, host: '127.0.0.1', noDelay: true })
  const plazo = setTimeout(() => reject(new Error(`no cerró en ${PLAZO_MS} ms`)), PLAZO_MS)
  let llegado = Buffer.alloc(0)
  let saludado = false
  let codigo: number | undefined
  const saludar = (): void => {
    const fin = llegado.indexOf(FIN_DE_CABECERA)
    if (fin < 0) return
    const estado = llegado.toString('latin1', 0, 60)
    if (!estado.startsWith('HTTP/1.1 101')) {
      reject(new Error(`no saludó: ${estado}`))
      return
    }
    llegado = llegado.subarray(fin + FIN_DE_CABECERA.length)
    saludado = true
    for (const trozo of trozos) socket.write(trozo)
    if (terminar) socket.end()
  }
  const mirar = (): void => {
    codigo = cierreEn(llegado)
    if (codigo !== undefined) socket.end(escribir(cierreCon(1000)))
  }
  socket.on('data', (trozo: Buffer) => {
    llegado = Buffer.concat([llegado, trozo])
    if (!saludado) saludar()
    try {
      if (saludado && codigo === undefined) mirar()
    } catch (error) {
      reject(error)
    }
  })
  // Quien cierra sin leer todo lo que se le escribió corta con un RST: no es una falta.
  socket.on('error', () => {})
  socket.once('end', () => socket.end())
  socket.once('close', () => resolve(codigo ?? SIN_CIERRE))
  socket.write(
    `GET ${camino} HTTP/1.1\r\nHost: 127.0.0.1:${puerto}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  return promise.finally(() => {
    clearTimeout(plazo)
    socket.destroy()
  })
}
