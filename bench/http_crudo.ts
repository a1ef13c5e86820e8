import { connect, type Socket } from 'node:net'
import { ahoraMs } from './hijo.ts'

/** `enVuelo` conexiones que se mantienen, cada una con una petición a la vez, durante `ms`. `conLlave`: cada una lleva su `Idempotency-Key`. */
export type Carga = Readonly<{
  puerto: number
  peticiones: readonly string[]
  enVuelo: number
  ms: number
  estado: number
  conLlave?: boolean
}>
/** `inicio` y `fin` son de `ahoraMs`: la primera petición enviada y la última respuesta recibida. */
export type Recibido = Readonly<{ inicio: number; fin: number; latencias: readonly number[] }>

const SEPARADOR = '\r\n\r\n'

/** Junta los trozos de una respuesta y avisa cuando está entera. Supone `content-length`: es lo que estas rutas responden. */
export const lectorDeRespuestas = (alCompletar: (estado: number, cabecera: string) => void): ((trozo: Buffer) => void) => {
  let llegado: Buffer | undefined
  return (trozo) => {
    llegado = llegado === undefined ? trozo : Buffer.concat([llegado, trozo])
    const finDeCabecera = llegado.indexOf(SEPARADOR)
    if (finDeCabecera < 0) return
    const cabecera = llegado.toString('latin1', 0, finDeCabecera)
    const largo = Number(/\r\ncontent-length: *(\d+)/i.exec(cabecera)?.[1])
    if (llegado.length < finDeCabecera + SEPARADOR.length + largo) return
    llegado = undefined
    alCompletar(Number(cabecera.slice(9, 12)), cabecera)
  }
}

let llaves = 0
/** La misma petición, con una llave que no se usó antes. */
const conSuLlave = (peticion: string): string => peticion.replace('\r\n', `\r\nidempotency-key: ${process.pid}-${llaves++}\r\n`)

/** Una conexión que repite sus peticiones hasta `limite`. Rechaza si se corta o llega otro estado que el esperado. */
const repetir = (
  enchufe: Socket,
  { peticiones, estado, conLlave }: Carga,
  { limite, latencias }: { limite: number; latencias: number[] },
) =>
  new Promise<void>((listo, fallar) => {
    let siguiente = 0
    let enviada = 0
    const enviar = () => {
      enviada = ahoraMs()
      if (enviada >= limite) return listo()
      const peticion = peticiones[siguiente++ % peticiones.length] as string
      enchufe.write(conLlave ? conSuLlave(peticion) : peticion)
    }
    const leer = lectorDeRespuestas((recibido) => {
      latencias.push(ahoraMs() - enviada)
      if (recibido === estado) enviar()
      else fallar(new Error(`Se esperaba un ${estado} y llegó un ${recibido}.`))
    })
    enchufe.on('data', leer)
    enchufe.on('error', fallar)
    enchufe.on('close', () => fallar(new Error('El servidor cerró la conexión.')))
    enviar()
  })

export const conectar = (puerto: number): Promise<Socket> =>
  new Promise((listo, fallar) => {
    const enchufe = connect({ port: puerto, host: '127.0.0.1', noDelay: true })
    enchufe.once('connect', () => listo(enchufe))
    enchufe.once('error', fallar)
  })

/** Carga el servidor y cuenta lo que respondió. Las peticiones se reparten: cada conexión tiene las suyas. */
export const cargar = async (carga: Carga): Promise<Recibido> => {
  const { enVuelo, peticiones, puerto, ms } = carga
  const enchufes = await Promise.all(Array.from({ length: enVuelo }, () => conectar(puerto)))
  const latencias: number[] = []
  const inicio = ahoraMs()
  try {
    await Promise.all(
      enchufes.map((enchufe, i) => {
        const suyas = peticiones.filter((_, cual) => enVuelo > peticiones.length || cual % enVuelo === i)
        return repetir(enchufe, { ...carga, peticiones: suyas }, { limite: inicio + ms, latencias })
      }),
    )
    return { inicio, fin: ahoraMs(), latencias }
  } finally {
    for (const enchufe of enchufes) enchufe.destroy()
  }
}
