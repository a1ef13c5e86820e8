import { writeSync } from 'node:fs'
import { pino } from 'pino'
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'
import { entornoVeloz } from '../apoyo/entornos.ts'
import { abrirNotificaciones, hecho } from '../apoyo/notificaciones.ts'

// Lo corre caidas.test.ts: publica, si se le pide, sus eventos, y consume hasta no deber nada. Muere sola, de golpe, al pasar por el
// punto de caída que se le diga; o cuando la maten.
const [carpeta = '', api = '', smtpUrl = '', desde = '0', cuantos = '0', punto] = process.argv.slice(2)
armarCaida((nombre) => {
  if (nombre === punto) process.kill(process.pid, 'SIGKILL')
})

const mensajes = Array.from({ length: Number(cuantos) }, (_, i) => Number(desde) + i).map((n) =>
  hecho({ id: `e${n}`, id_reserva: `r${n % 250}` }),
)
const banco = await abrirNotificaciones({
  carpeta,
  api,
  smtpUrl,
  bitacora: pino({ level: 'silent' }),
  entorno: entornoVeloz(5),
  antes: async (publicar) => {
    await publicar(...mensajes)
    writeSync(1, 'listo\n')
  },
})
setInterval(async () => {
  if (banco.broker.atrasos()[0]?.pendientes !== 0) return
  await banco.detener()
  process.exit(0)
}, 10)
