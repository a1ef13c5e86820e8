// El adaptador que se ataca, en su propio proceso: su memoria es sólo suya. La API no está; nada de lo hostil debería llegar a ella.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import pino from 'pino'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { crearSidecar } from 'sidecar/servidor.ts'

setFlagsFromString('--expose-gc')
const recoger = runInNewContext('gc') as () => void
const sidecar = await crearSidecar({ api: 'http://127.0.0.1:9', bitacora: pino({ level: 'silent' }), entorno: entornoReal })
const direccion = await sidecar.escuchar({ host: '127.0.0.1', puerto: 0 })
process.on('message', () => {
  recoger()
  process.send?.({ rss: process.memoryUsage.rss(), usada: process.memoryUsage().heapUsed })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ direccion })
