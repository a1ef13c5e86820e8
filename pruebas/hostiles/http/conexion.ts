import { connect, type Socket } from 'node:net'

/** Una respuesta leída del enchufe. Las cabeceras van como llegaron, en un texto. */
export type Respuesta = Readonly<{ estado: number; cabeceras: string; cuerpo: Buffer }>

/** Una conexión que se mantiene mientras el servidor no la cierre, con una petición a la vez. */
export type Conexion = Readonly<{
  /** Rechaza si se cierra sin responder, si responde algo que no es HTTP o si no responde en el plazo. */
  pedir: (bytes: Buffer, sinCuerpo: boolean) => Promise<Respuesta>
  cerrar: () => void
}>

const SEPARADOR = '\r\n\r\n'
const PLAZO_MS = 45_000

const conCuerpo = (estado: number, sinCuerpo: boolean): boolean => !sinCuerpo && estado !== 204 && estado !== 304

/** La respuesta entera que hay en lo llegado, o `undefined` si falta algo. Salta las provisionales (1xx). */
const leer = (llegado: Buffer, sinCuerpo: boolean): Respuesta | undefined => {
  const fin = llegado.indexOf(SEPARADOR)
  if (fin < 0) return undefined
  const cabeceras = llegado.toString('latin1', 0, fin)
  const estado = Number(/^HTTP\/1\.1 (\d{3}) /.exec(cabeceras)?.[1])
  if (!(estado >= 100)) throw new Error(`no es una respuesta HTTP: ${cabeceras.slice(0, 80)}`)
  const desde = fin + SEPARADOR.length
  if (estado < 200) return leer(llegado.subarray(desde), sinCuerpo)
  if (!conCuerpo(estado, sinCuerpo)) return { estado, cabeceras, cuerpo: Buffer.alloc(0) }
  const largo = Number(/\r\ncontent-length: *(\d+)/i.exec(cabeceras)?.[1] ?? Number.NaN)
  if (Number.isNaN(largo)) throw new Error(`una respuesta sin content-length: ${cabeceras.slice(0, 200)}`)
  if (llegado.length < desde + largo) return undefined
  return { estado, cabeceras, cuerpo: llegado.subarray(desde, desde + largo) }
}

export const abrirConexion = (puerto: number): Conexion => {
  let enchufe: Socket | undefined
  const abrir = (): Socket => {
    const nuevo = connect({ port: puerto, host: '127.0.0.1', noDelay: true })
    nuevo.on('error', () => {})
    return nuevo
  }
  const soltar = (): void => {
    enchufe?.destroy()
    enchufe = undefined
  }
  const pedir = (bytes: Buffer, sinCuerpo: boolean): Promise<Respuesta> => {
    if (enchufe === undefined || enchufe.destroyed || enchufe.readableEnded || !enchufe.writable) enchufe = abrir()
    const suyo = enchufe
    const { promise, resolve, reject } = Promise.withResolvers<Respuesta>()
    let trozos: Buffer[] = []
    const alLlegar = (trozo: Buffer): void => {
      trozos.push(trozo)
      const llegado = trozos.length === 1 ? trozo : Buffer.concat(trozos)
      trozos = [llegado]
      try {
        const respuesta = leer(llegado, sinCuerpo)
        if (respuesta === undefined) return
        if (/\r\nconnection: *close/i.test(respuesta.cabeceras)) soltar()
        resolve(respuesta)
      } catch (error) {
        reject(error)
      }
    }
    const alCerrar = (): void => reject(new Error('se cerró sin responder'))
    const plazo = setTimeout(() => reject(new Error(`no respondió en ${PLAZO_MS} ms`)), PLAZO_MS)
    suyo.on('data', alLlegar).once('close', alCerrar).once('end', alCerrar)
    suyo.write(bytes)
    return promise
      .catch((error: unknown) => {
        soltar()
        throw error
      })
      .finally(() => {
        clearTimeout(plazo)
        suyo.off('data', alLlegar).off('close', alCerrar).off('end', alCerrar)
      })
  }
  return { pedir, cerrar: soltar }
}

/** Una petición por una conexión que es sólo suya. */
export const pedirUnaVez = (puerto: number, peticion: string): Promise<Respuesta> => {
  const conexion = abrirConexion(puerto)
  return conexion.pedir(Buffer.from(peticion), false).finally(conexion.cerrar)
}

/** Envía bytes que quizá no son HTTP por una conexión suya, dice que no hay más, y da todo lo que se respondió hasta el cierre. */
export const enviarCrudo = (puerto: number, bytes: Buffer): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const trozos: Buffer[] = []
  const enchufe = connect({ port: puerto, host: '127.0.0.1', noDelay: true })
  const plazo = setTimeout(() => reject(new Error(`no cerró en ${PLAZO_MS} ms`)), PLAZO_MS)
  enchufe.on('data', (trozo) => trozos.push(trozo))
  // Quien cierra antes de leerlo todo corta a quien aún escribe: no es una falta.
  enchufe.on('error', () => {})
  enchufe.once('close', () => resolve(Buffer.concat(trozos).toString('latin1')))
  enchufe.end(bytes)
  return promise.finally(() => {
    clearTimeout(plazo)
    enchufe.destroy()
  })
}
