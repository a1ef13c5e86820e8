import { contratoDeAlmacen } from '../../../pruebas/contrato_almacen.ts'
import { nuevaBase } from '../../../pruebas/postgres.ts'
import { entornoReal } from '../../entorno_real.ts'
import { abrirAlmacenPostgres } from './almacen.ts'

contratoDeAlmacen('PostgreSQL', async () => {
  const { direccion, borrar } = await nuevaBase()
  return { abrir: (opciones) => abrirAlmacenPostgres({ direccion, entorno: entornoReal, ...opciones }), borrar }
})
