import { writeSync } from 'node:fs'
import { agregar } from '../../../pruebas/almacen/lugar.ts'
import { tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { entornoReal } from '../../entorno_real.ts'
import type { Planificador } from '../../puertos.ts'
import { abrirAlmacenSqlite } from './almacen.ts'

// Lo corre ocupado.test.ts: escribe una fila con el planificador de verdad, y dice cada vez que tiene que volver a intentarlo.
const planificador: Planificador = {
  ...entornoReal.planificador,
  tras: (ms, tarea) => {
    writeSync(1, 'intento\n')
    return entornoReal.planificador.tras(ms, tarea)
  },
}
const almacen = await abrirAlmacenSqlite({
  carpeta: process.argv[2] ?? '',
  migraciones: [tablasDePrueba],
  entorno: { ...entornoReal, planificador },
})
await almacen.ejecutar((tx) => agregar(tx, 'a'))
writeSync(1, 'confirmada\n')
await almacen.cerrar()
