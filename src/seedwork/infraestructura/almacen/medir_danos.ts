import { Counter, type Registry } from 'prom-client'
import { filasDanadas } from './suma.ts'

/** Añade a `registro` cuántas veces se leyó una fila que no es la que se escribió. Cualquiera que no sea cero pide restaurar. */
export const medirDanos = (registro: Registry): void => {
  new Counter({
    name: 'almacen_filas_danadas_total',
    help: 'Veces que se leyó una fila que no es la que se escribió',
    registers: [registro],
    collect() {
      this.reset()
      this.inc(filasDanadas())
    },
  })
}
