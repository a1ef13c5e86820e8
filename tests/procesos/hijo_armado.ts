// El servidor de siempre, que muere de golpe la vez que se le diga que pasa por un punto de caída: hijo_armado.ts <punto> <vez> [aviso].
// Con `aviso`, cuenta desde que le llega SIGUSR2.
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'

const [punto, vez, aviso] = process.argv.slice(2)
let veces = 0
let cuenta = aviso === undefined
process.on('SIGUSR2', () => {
  cuenta = true
})
armarCaida((nombre) => {
  if (cuenta && nombre === punto && ++veces === Number(vez)) process.kill(process.pid, 'SIGKILL')
})

await import('../../src/local/main.ts')
