// Lo corre pausas.ts: un proceso que publica sin parar, de a cinco, sobre una base que comparte con otro.
import { setTimeout as momento } from 'node:timers/promises'
import { abrirAlmacen } from 'seedwork/infraestructura/almacen/elegir.ts'
import { abrirBrokerPulsar } from 'seedwork/infraestructura/broker/pulsar/broker.ts'
import { migracionesPulsar } from 'seedwork/infraestructura/broker/pulsar/tablas.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { nombreDe } from '../../tests/pulsar/apoyo.ts'
import { type CuentaDeArriendo, conArriendoVigilado } from './apoyo/arriendo_vigilado.ts'

export type Encargo = Readonly<{
  base: string
  carpeta: string
  puertoHttp: number
  topico: string
  quien: string
  arriendoMs: number
  sinCerca: boolean
}>
export type Pregunta = 'cuenta' | 'basta' | 'cerrar'
/** Cuántos mensajes publicó, y lo que vio de su arriendo. */
export type Respuesta = Readonly<{ a: Pregunta | 'listo'; publicados: number; cuenta: CuentaDeArriendo }>

const LLAVES = 5
const POR_VEZ = 5
const ENTRE_VECES_MS = 40

const { base, carpeta, puertoHttp, topico, quien, arriendoMs, sinCerca }: Encargo = JSON.parse(process.argv[2] ?? '{}')
const alFallar = (): void => {}
const cuenta: CuentaDeArriendo = { dueno: '', negados: [], trasNegarse: [] }
const propio = await abrirAlmacen({ base, carpeta, entorno: entornoReal, migraciones: [migracionesPulsar], alFallar })
const almacen = conArriendoVigilado(propio, cuenta, sinCerca)
const servicio = { host: '127.0.0.1', puertoHttp, espacio: 'default' }
const broker = await abrirBrokerPulsar({ almacen, entorno: entornoReal, servicio, arriendoMs, alFallar })

let publicados = 0
let basta = false

/** Los siguientes, en una unidad. Si falla no se sabe si quedaron: se repite con los mismos nombres sólo si no se pidió confirmar. */
const publicar = (): Promise<void> =>
  almacen.ejecutar(async (tx) => {
    const mensajes = Array.from({ length: POR_VEZ }, (_, i) => {
      const id = `${quien}-${nombreDe(publicados + i)}`
      return { topico, id, llave: `${quien}-${(publicados + i) % LLAVES}`, datos: Buffer.from(id), propiedades: { id } }
    })
    await broker.publicar(tx, mensajes)
  })

const publicando = (async () => {
  while (!basta) {
    // Sólo se reintenta lo que se negó antes de confirmar; un resultado desconocido termina el proceso, y la puerta lo dice.
    const hecho = await publicar().then(
      () => true,
      (error) => (error?.codigo === 'resultado_desconocido' ? Promise.reject(error) : false),
    )
    if (hecho) publicados += POR_VEZ
    await momento(ENTRE_VECES_MS)
  }
})()

const responder = (a: Respuesta['a']): void => void process.send?.({ a, publicados, cuenta } satisfies Respuesta)

process.on('message', async (pregunta: Pregunta) => {
  if (pregunta !== 'cuenta') {
    basta = true
    await publicando
  }
  if (pregunta === 'cerrar') {
    await broker.cerrar()
    await almacen.cerrar()
    process.disconnect()
  } else responder(pregunta)
})
// El planificador no mantiene vivo el proceso.
const vivo = setInterval(() => {}, 60_000)
process.on('disconnect', () => clearInterval(vivo))
responder('listo')
