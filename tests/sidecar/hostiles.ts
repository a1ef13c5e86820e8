// node herramientas/arranque.mjs prueba tests/sidecar/hostiles.ts: cien mil llamadas hostiles contra un adaptador; falla si no queda sano.
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type ClientHttp2Session, connect, constants } from 'node:http2'
import { join } from 'node:path'
import { setTimeout as pausa } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { VuelosClient } from 'sidecar/gen/vuelos.ts'
import { llamar } from 'sidecar/llamar.ts'

/** `usada`: lo que sus objetos ocupan, también fuera del montón de V8. `pico`: lo más que el proceso ha pedido al sistema. */
type Memoria = Readonly<{ rss: number; usada: number; pico: number }>
/** Cómo quedó: con qué se le respondió a quien después llamó bien, y su memoria antes y después (bytes). */
export type Informe = Readonly<{ llamadas: number; despues: string; antes: Memoria; final: Memoria }>

const EN_VUELO = 50
const POR_SESION = 500

const marco = (mensaje: Buffer, comprimido = 0): Buffer => {
  const cabeza = Buffer.from([comprimido, 0, 0, 0, 0])
  cabeza.writeUInt32BE(mensaje.length, 1)
  return Buffer.concat([cabeza, mensaje])
}

const BOMBA = marco(gzipSync(Buffer.alloc(8 * 1_048_576)), 1)
/** `itinerarios` repetido treinta mil veces, cada uno vacío. */
const REPETIDO = marco(Buffer.alloc(60_000, Buffer.from([0x22, 0x00])))

type Ataque = Readonly<{ parte: number; datos: () => Buffer; cabeceras?: Readonly<Record<string, string>>; cortar?: boolean }>

const ATAQUES: readonly Ataque[] = [
  { parte: 0.4, datos: () => randomBytes(64) },
  { parte: 0.28, datos: () => marco(randomBytes(48)) },
  { parte: 0.1, datos: () => marco(randomBytes(200)).subarray(0, 90) },
  { parte: 0.017, datos: () => REPETIDO },
  { parte: 0.003, datos: () => BOMBA, cabeceras: { 'grpc-encoding': 'gzip' } },
  { parte: 0.2, datos: () => Buffer.alloc(5), cortar: true },
]

const abrirSesion = (direccion: string): ClientHttp2Session => connect(`http://${direccion}`).on('error', () => {})

/** Una llamada y su final, sea el que sea. */
const golpear = (sesion: ClientHttp2Session, { datos, cabeceras = {}, cortar = false }: Ataque): Promise<void> =>
  new Promise((listo) => {
    const flujo = sesion.request({
      ':method': 'POST',
      ':path': '/vuelos.Vuelos/CrearReserva',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...cabeceras,
    })
    flujo.on('error', () => {}).once('close', listo)
    flujo.resume()
    if (cortar) flujo.close(constants.NGHTTP2_CANCEL)
    else flujo.end(datos())
  })

const atacarCon = async (direccion: string, ataque: Ataque, cuantas: number): Promise<void> => {
  for (let hechas = 0; hechas < cuantas; ) {
    const sesion = abrirSesion(direccion)
    const tanda = Math.min(POR_SESION, cuantas - hechas)
    for (let i = 0; i < tanda && !sesion.destroyed; i += EN_VUELO)
      await Promise.all(
        Array.from({ length: Math.min(EN_VUELO, tanda - i) }, () => (sesion.destroyed ? undefined : golpear(sesion, ataque))),
      )
    sesion.destroy()
    hechas += tanda
  }
}

const preguntarMemoria = async (hijo: ChildProcess): Promise<Memoria> => {
  hijo.send({})
  const [memoria] = (await once(hijo, 'message')) as [Memoria]
  return memoria
}

/** Con qué responde a una llamada bien hecha: sin API, lo sano es UNAVAILABLE. */
const llamarBien = async (direccion: string): Promise<string> => {
  const cliente = new VuelosClient(direccion, credentials.createInsecure())
  const fin = await llamar(cliente, 'consultarReserva', { id: 'x' }, { deadline: Date.now() + 5_000 }).then(
    () => 'OK',
    ({ code }: ServiceError) => status[code] ?? '',
  )
  cliente.close()
  return fin
}

/** Como lo corre su imagen. */
const COMO_SU_IMAGEN = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8', '--expose-gc']

/**
 * Si lo usado volvió a lo de antes y el proceso no pide más que en lo peor de antes, con un 10 % de margen. Cuánto de lo que ya no usa
 * devuelve el asignador, y cuándo, no dice nada de una fuga: con lo mismo usado se ha visto de 90 a 300 MB.
 */
const vuelve = (antes: Memoria, final: Memoria): boolean => final.usada <= antes.usada * 1.1 && final.rss <= antes.pico * 1.1

/**
 * Ataca un adaptador recién abierto. La memoria se compara entre la mitad y el final: la primera mitad fija cuánto pide el proceso al
 * sistema en lo peor del ataque, que no lo devuelve todo; una fuga se vería en que la segunda pide más.
 */
export const atacar = async (llamadas: number): Promise<Informe> => {
  const hijo = fork(join(import.meta.dirname, 'hostil_hijo.ts'), {
    execArgv: COMO_SU_IMAGEN,
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
  })
  try {
    const [{ direccion }] = (await once(hijo, 'message')) as [{ direccion: string }]
    const tanda = async (total: number) => {
      for (const ataque of ATAQUES) await atacarCon(direccion, ataque, Math.ceil(total * ataque.parte))
      await llamarBien(direccion)
    }
    await tanda(llamadas / 2)
    const antes = await preguntarMemoria(hijo)
    await tanda(llamadas / 2)
    const despues = await llamarBien(direccion)
    let final = await preguntarMemoria(hijo)
    for (let i = 0; i < 50 && !vuelve(antes, final); i++) {
      await pausa(200)
      final = await preguntarMemoria(hijo)
    }
    return { llamadas, despues, antes, final }
  } finally {
    hijo.disconnect()
  }
}

if (import.meta.main) {
  const { llamadas, despues, antes, final } = await atacar(100_000)
  const mb = (bytes: number): string => (bytes / 1_048_576).toFixed(1)
  console.log(
    `${llamadas} llamadas hostiles: después responde ${despues}; memoria usada ${mb(antes.usada)} → ${mb(final.usada)} MB, RSS ${mb(antes.rss)} (pico ${mb(antes.pico)}) → ${mb(final.rss)} MB`,
  )
  process.exitCode = despues === 'UNAVAILABLE' && vuelve(antes, final) ? 0 : 1
}
