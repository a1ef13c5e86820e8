import { describe, test } from 'node:test'
import { apertura } from './almacen/apertura.ts'
import { juntar } from './almacen/juntar.ts'
import type { Frase, Lugar } from './almacen/lugar.ts'
import { sinEsperar } from './almacen/sin_esperar.ts'
import { tablasDePrueba } from './almacen/tablas.ts'
import { avisos, savepoints, usoDeLaTx } from './almacen/transaccion.ts'
import { concurrencia, confirmar, deshacer } from './almacen/unidades.ts'

/**
 * Lo que todo almacén cumple. `crearLugar` da un lugar nuevo y vacío a cada prueba. Quien escribe otro adaptador la corre sin cambiarla.
 */
export const contratoDeAlmacen = (nombre: string, crearLugar: () => Promise<Lugar>): void => {
  const frase: Frase = (texto, cuerpo) => {
    test(texto, async () => {
      const lugar = await crearLugar()
      const fallas: unknown[] = []
      const almacen = await lugar.abrir({ migraciones: [tablasDePrueba], alFallar: (error) => fallas.push(error) })
      try {
        await cuerpo({ almacen, lugar, fallas })
      } finally {
        await almacen.cerrar()
        await lugar.borrar()
      }
    })
  }
  describe(`contrato del almacén: ${nombre}`, () => {
    for (const parte of [confirmar, deshacer, savepoints, usoDeLaTx, sinEsperar, juntar, avisos, concurrencia, apertura]) parte(frase)
  })
}
