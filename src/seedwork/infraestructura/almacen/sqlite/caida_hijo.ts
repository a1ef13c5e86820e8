import { writeSync } from 'node:fs'
import { agregar } from '../../../pruebas/almacen/lugar.ts'
import { tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { entornoReal } from '../../entorno_real.ts'
import { armarCaida } from '../punto_de_caida.ts'
import { abrirAlmacenSqlite } from './almacen.ts'

// Lo corre caida.test.ts: escribe pares de filas sin parar y dice cada par cuando ya es durable. Muere sola, de golpe, la vez que se le
// diga que pasa por un punto de caída; o cuando la maten.
const [carpeta = '', prefijo = '', punto, vez] = process.argv.slice(2)
const almacen = await abrirAlmacenSqlite({ carpeta, migraciones: [tablasDePrueba], entorno: entornoReal })

let veces = 0
armarCaida((nombre) => {
  if (nombre === punto && ++veces === Number(vez)) process.kill(process.pid, 'SIGKILL')
})

const escribirSinParar = async (quien: number): Promise<never> => {
  for (let i = 0; ; i++) {
    const id = `${prefijo}${quien}-${i}`
    await almacen.ejecutar((tx) => agregar(tx, `${id}/1`, `${id}/2`), quien % 2 ? 'consumidor' : 'peticion')
    writeSync(1, `${id}\n`)
  }
}
await Promise.all(Array.from({ length: 8 }, (_, quien) => escribirSinParar(quien)))
