// node herramientas/arranque.mjs prueba bench/pulsar.ts: lo que publica el adaptador de Pulsar entre lo que publica un WebSocket a secas,
// contra el mismo Pulsar, alternados, con 64 en vuelo; y cuánto tarda la cadena hasta el efecto del consumidor.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as esperar } from 'node:timers/promises'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerPulsar } from 'seedwork/infraestructura/broker/pulsar/broker.ts'
import { migracionesPulsar } from 'seedwork/infraestructura/broker/pulsar/tablas.ts'
import { mirarSalidas } from 'seedwork/infraestructura/broker/pulsar/tablas_de_salida.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { WebSocket } from 'ws'
import { abrirPulsar } from '../herramientas/pulsar/servidor.ts'

const EN_VUELO = 64
const MENSAJES = 10_000
const VUELTAS = 5
const DATOS = Buffer.alloc(400, 7)

/** Corre `uno` MENSAJES veces con EN_VUELO a la vez. */
const aLaVez = async (uno: (numero: number) => Promise<void>): Promise<void> => {
  let siguiente = 0
  const correr = async (): Promise<void> => {
    while (siguiente < MENSAJES) await uno(siguiente++)
  }
  await Promise.all(Array.from({ length: EN_VUELO }, correr))
}

const porSegundo = async (tarea: () => Promise<void>): Promise<number> => {
  const inicio = performance.now()
  await tarea()
  return MENSAJES / ((performance.now() - inicio) / 1_000)
}

/** El techo: tramas ya escritas, y esperar su acuse. */
const aSecas = async (puertoHttp: number, topico: string): Promise<number> => {
  const socket = new WebSocket(`ws://127.0.0.1:${puertoHttp}/ws/v2/producer/persistent/public/default/${topico}?producerName=a-secas`, {
    perMessageDeflate: false,
  })
  await new Promise((resolver) => socket.once('open', resolver))
  const esperando: (() => void)[] = []
  socket.on('message', () => esperando.shift()?.())
  const payload = DATOS.toString('base64')
  const caudal = await porSegundo(() =>
    aLaVez(
      (n) =>
        new Promise<void>((resolver) => {
          esperando.push(resolver)
          socket.send(`{"payload":"${payload}","properties":{"id":"${n}"},"key":"k${n % 100}","context":"${n}"}`)
        }),
    ),
  )
  socket.close()
  return caudal
}

const mediana = (valores: readonly number[]): number => valores.toSorted((a, b) => a - b)[valores.length >> 1] ?? 0

const pulsar = await abrirPulsar()
const carpeta = mkdtempSync(join(tmpdir(), 'bench-pulsar-'))
const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesPulsar] })
const servicio = { host: '127.0.0.1', puertoHttp: pulsar.puertoHttp }
const broker = await abrirBrokerPulsar({ almacen, entorno: entornoReal, servicio, alFallar: console.error })

/** Publicar es escribir en el almacén y que Pulsar lo confirme: termina cuando no queda nada por salir. */
const conElAdaptador = (topico: string): Promise<number> =>
  porSegundo(async () => {
    await aLaVez((n) =>
      almacen.ejecutar((tx) =>
        broker.publicar(tx, [{ topico, id: String(n), llave: `k${n % 100}`, datos: DATOS, propiedades: { id: String(n) } }]),
      ),
    )
    while ((await almacen.lector.todas(mirarSalidas, {})).some(({ primera }) => primera !== null)) await esperar(2)
  })

const conConsumidor = async (topico: string): Promise<number> => {
  let hechos = 0
  const consumidor = await broker.suscribir({
    topico,
    nombre: 'bench',
    tipo: 'Key_Shared',
    inicio: 'primero',
    permisos: 128,
    manejar: (entrega) =>
      almacen.ejecutar(async (tx) => {
        await entrega.acusar(tx)
        tx.alConfirmar(() => void hechos++)
      }, 'consumidor'),
  })
  const caudal = await porSegundo(async () => {
    await aLaVez((n) =>
      almacen.ejecutar((tx) =>
        broker.publicar(tx, [{ topico, id: String(n), llave: `k${n % 100}`, datos: DATOS, propiedades: { id: String(n) } }]),
      ),
    )
    while (hechos < MENSAJES) await esperar(2)
  })
  await consumidor.cerrar()
  return caudal
}

const techo: number[] = []
const nuestro: number[] = []
const cadena: number[] = []
for (let vuelta = 0; vuelta <= VUELTAS; vuelta++) {
  const medido = [
    await aSecas(pulsar.puertoHttp, 'techo'),
    await conElAdaptador(`nuestro-${vuelta}`),
    await conConsumidor(`cadena-${vuelta}`),
  ]
  console.log(medido.map((caudal) => `${Math.round(caudal)}/s`).join('  '))
  if (vuelta === 0) continue // la primera calienta
  techo.push(medido[0] ?? 0)
  nuestro.push(medido[1] ?? 0)
  cadena.push(medido[2] ?? 0)
}
await broker.cerrar()
await almacen.cerrar()
await pulsar.parar()
rmSync(carpeta, { recursive: true, force: true })
const [a, b, c] = [mediana(techo), mediana(nuestro), mediana(cadena)]
console.log(
  `WebSocket a secas ${Math.round(a)}/s · adaptador ${Math.round(b)}/s (${(b / a).toFixed(2)}) · hasta el efecto ${Math.round(c)}/s (${(c / a).toFixed(2)})`,
)
