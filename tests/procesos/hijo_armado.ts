// El servidor de siempre, que muere de golpe la vez que se le diga que pasa por un punto de caída: hijo_armado.ts <punto> <vez>.
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'

const [punto, vez] = process.argv.slice(2)
let veces = 0
armarCaida((nombre) => {
  if (nombre === punto && ++veces === Number(vez)) process.kill(process.pid, 'SIGKILL')
})

await import('../../src/local/main.ts')
