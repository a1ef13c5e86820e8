// Los dos README, también con lo que hacen sobre un Pulsar, que está donde ellos dicen (si ese puerto es de otro, en uno libre).
import { after } from 'node:test'
import { abrirPulsar } from '../../herramientas/pulsar/servidor.ts'
import { atiende } from '../procesos/apoyo/enchufes.ts'

const DONDE_DICEN = 8080

const pulsar = await abrirPulsar({}, (await atiende(`http://127.0.0.1:${DONDE_DICEN}`)) ? {} : { puertoHttp: DONDE_DICEN })
after(pulsar.parar)
process.env.README_PULSAR_HTTP = String(pulsar.puertoHttp)
await import('../readme.test.ts')
