// Un proceso que publica sobre una base que comparte con otro. Se le dice qué por mensajes, y contesta cuando está en su almacén.
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { abrir, nombreDe } from './apoyo.ts'

export type Orden = Readonly<{ publicar: number; desde: number; dormirse?: boolean }> | 'cerrar'
type Encargo = Readonly<{ carpeta: string; puertoHttp: number; espacio: string; topico: string; arriendoMs: number }>

const { carpeta, puertoHttp, espacio, topico, arriendoMs }: Encargo = JSON.parse(process.argv[2] ?? '{}')
const { almacen, broker, cerrar } = await abrir(carpeta, { servicio: { host: '127.0.0.1', puertoHttp, espacio }, arriendoMs })

const publicar = (cuantos: number, desde: number, alConfirmar: () => void): Promise<void> =>
  almacen.ejecutar(async (tx) => {
    const mensajes = Array.from({ length: cuantos }, (_, i) => {
      const id = nombreDe(desde + i)
      return { topico, id, llave: `k${(desde + i) % 5}`, datos: Buffer.from(id), propiedades: { id } }
    })
    await broker.publicar(tx, mensajes)
    tx.alConfirmar(alConfirmar)
  })

process.on('message', async (orden: Orden) => {
  if (orden === 'cerrar') {
    await cerrar()
    process.disconnect()
    return
  }
  // Con la transacción terminada y los primeros ya enviados: dormido en otro momento retendría el almacén del otro.
  const dormirse = (): void => void process.kill(process.pid, 'SIGSTOP')
  await publicar(orden.publicar, orden.desde, orden.dormirse ? dormirse : () => {})
  process.send?.('publicado')
})
// El planificador no mantiene vivo el proceso.
const vivo = setInterval(() => {}, 60_000)
process.on('disconnect', () => clearInterval(vivo))
process.send?.(`listo ${entornoReal.reloj.ahora()}`)
