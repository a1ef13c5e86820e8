// Un proceso que publica y consume hasta que muere o termina. `caidas.test.ts` lo mata y lo vuelve a empezar sobre la misma carpeta.
import { armarCaida } from '../../almacen/punto_de_caida.ts'
import { abrirAlmacenSqlite } from '../../almacen/sqlite/almacen.ts'
import { entornoReal } from '../../entorno_real.ts'
import type { Entrega } from '../puerto.ts'
import { abrirBrokerEmbebido } from './broker.ts'
import { anotarPublicado, contarPublicados, hacerEfecto, migracionesDeEfectos } from './efectos_de_prueba.ts'
import { migracionesEmbebido } from './tablas.ts'

export type Encargo = Readonly<{
  carpeta: string
  topico: string
  total: number
  llaves: number
  /** Cuántos publica esta vida; después sólo consume, y no termina si faltan por publicar. */
  porVida: number
  /** Muere la vez `vez` que pasa por el punto. */
  punto?: Readonly<{ nombre: string; vez: number }>
  /** Ese mensaje mata al proceso en sus primeros `intentos`. */
  asesino?: Readonly<{ id: string; intentos: number }>
}>

const encargo: Encargo = JSON.parse(process.argv[2] ?? '{}')
const { carpeta, topico, total, llaves, porVida, punto, asesino } = encargo

const morir = (): void => void process.kill(process.pid, 'SIGKILL')

let pasos = 0
if (punto)
  armarCaida((nombre) => {
    if (nombre === punto.nombre && ++pasos === punto.vez) morir()
  })

const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesEmbebido, migracionesDeEfectos] })
const broker = await abrirBrokerEmbebido({ almacen, entorno: entornoReal, conservarMs: 3_600_000, alFallar: console.error })

const manejar = async (entrega: Entrega): Promise<void> => {
  if (asesino && entrega.mensaje.id === asesino.id && entrega.intento <= asesino.intentos) morir()
  await almacen.ejecutar((tx) => hacerEfecto(tx, entrega), 'consumidor')
}

const publicarUno = (numero: number): Promise<void> =>
  almacen.ejecutar(async (tx) => {
    const mensaje = String(numero).padStart(5, '0')
    await tx.ejecutar(anotarPublicado, { mensaje })
    await broker.publicar(tx, [{ topico, id: mensaje, llave: `k${numero % llaves}`, datos: Buffer.from(mensaje), propiedades: {} }])
  })

for (let i = 0; i < 2; i++) await broker.suscribir({ topico, nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 8, manejar })
process.send?.('listo')

const { total: publicados = 0 } = (await almacen.lector.una(contarPublicados, {})) ?? {}
const hasta = Math.min(total, publicados + porVida)
for (let numero = publicados; numero < hasta; ) {
  const tanda: Promise<void>[] = []
  for (let i = 0; i < 8 && numero < hasta; i++) tanda.push(publicarUno(numero++))
  await Promise.all(tanda)
}

const seguir = setInterval(() => {
  if (hasta < total || broker.atrasos().some(({ pendientes }) => pendientes > 0)) return
  clearInterval(seguir)
  void broker
    .cerrar()
    .then(() => almacen.cerrar())
    .then(() => process.disconnect())
}, 2)
