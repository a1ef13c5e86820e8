// El adaptador que se ataca, en su propio proceso: su memoria es sólo suya. La API no está; nada de lo hostil debería llegar a ella.
import pino from 'pino'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { crearSidecar } from 'sidecar/servidor.ts'

const sidecar = await crearSidecar({ api: 'http://127.0.0.1:9', bitacora: pino({ level: 'silent' }), entorno: entornoReal })
const direccion = await sidecar.escuchar({ host: '127.0.0.1', puerto: 0 })
process.on('message', () => {
  // Como en reposo (seedwork/infraestructura/proceso/reposo.ts): lo que ya no se usa vuelve al sistema antes de medirse.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ rss, usada: heapUsed + external, pico: process.resourceUsage().maxRSS * 1_024 })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ direccion })
