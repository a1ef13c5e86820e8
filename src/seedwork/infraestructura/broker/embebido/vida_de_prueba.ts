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
  /** Cuántos publica esta vida; si con ellos no se llega al total, no termina: espera a que la maten. */
  porVida: number
  /** Muere la vez `vez` que pasa por el punto. */
  punto?: Readonly<{ nombre: string; vez: number }>
  /** Ese mensaje mata al proceso en sus primeros `intentos`. */
  asesino?: Readonly<{ id: string; intentos: number }>
}>

type Avisos = Readonly<{ antesDelEfecto?: (entrega: Entrega) => void; trasElEfecto?: () => void }>

/** Una vida del proceso: publica hasta `porVida`, consume con dos consumidores, y cierra cuando todo lo publicado tuvo su efecto. */
export const vivir = async (
  { carpeta, topico, total, llaves, porVida }: Encargo,
  { antesDelEfecto, trasElEfecto }: Avisos = {},
): Promise<void> => {
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesEmbebido, migracionesDeEfectos] })
  const broker = await abrirBrokerEmbebido({ almacen, entorno: entornoReal, conservarMs: 3_600_000, alFallar: console.error })
  const manejar = async (entrega: Entrega): Promise<void> => {
    antesDelEfecto?.(entrega)
    await almacen.ejecutar((tx) => hacerEfecto(tx, entrega), 'consumidor')
    trasElEfecto?.()
  }
  const publicar = (numero: number): Promise<void> =>
    almacen.ejecutar(async (tx) => {
      const mensaje = nombreDe(numero)
      await tx.ejecutar(anotarPublicado, { mensaje })
      await broker.publicar(tx, [{ topico, id: mensaje, llave: `k${numero % llaves}`, datos: Buffer.from(mensaje), propiedades: {} }])
    })
  for (let i = 0; i < 2; i++) await broker.suscribir({ topico, nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 8, manejar })
  const { total: desde = 0 } = (await almacen.lector.una(contarPublicados, {})) ?? {}
  const hasta = Math.min(total, desde + porVida)
  for (let tanda = desde; tanda < hasta; tanda += 8)
    await Promise.all(Array.from({ length: Math.min(8, hasta - tanda) }, (_, i) => publicar(tanda + i)))
  while (hasta < total || broker.atrasos().some(({ pendientes }) => pendientes > 0)) await unMomento()
  await broker.cerrar()
  await almacen.cerrar()
}

export const nombreDe = (numero: number): string => String(numero).padStart(5, '0')

const unMomento = (): Promise<void> => new Promise((resolver) => void setTimeout(resolver, 2))
