// El proceso que `caidas.test.ts` mata y vuelve a empezar sobre la misma carpeta.
import { armarCaida } from '../../almacen/punto_de_caida.ts'
import { type Encargo, vivir } from './vida_de_prueba.ts'

const encargo: Encargo = JSON.parse(process.argv[2] ?? '{}')
const { punto, asesino } = encargo

const morir = (): void => void process.kill(process.pid, 'SIGKILL')

let pasos = 0
if (punto)
  armarCaida((nombre) => {
    if (nombre === punto.nombre && ++pasos === punto.vez) morir()
  })

await vivir(encargo, {
  antesDelEfecto: ({ mensaje, intento }) => {
    if (mensaje.id === asesino?.id && intento <= asesino.intentos) morir()
  },
  trasElEfecto: () => void process.send?.('un efecto'),
})
process.disconnect()
