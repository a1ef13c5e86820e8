import { abrirAlmacen } from 'seedwork/infraestructura/almacen/elegir.ts'
import { elegirBroker } from 'seedwork/infraestructura/broker/elegir.ts'
import { unSoloBroker } from 'seedwork/infraestructura/broker/variables.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { prepararCarpeta, tomarCarpeta } from 'seedwork/infraestructura/proceso/carpeta.ts'
import { comoSeDice } from 'seedwork/infraestructura/proceso/remediable.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { variablesApi } from './config/variables.ts'
import { migraciones } from './sistema.ts'

/**
 * Pone al día el almacén de la API y termina: para quien despliega las migraciones aparte, antes que los procesos. Repetirlo no hace nada.
 * La API hace lo mismo al arrancar.
 */
const migrar = async (): Promise<void> => {
  const variables = leerVariables(variablesApi, process.env, [unSoloBroker])
  const carpeta = prepararCarpeta(variables.AEROALPES_DATOS)
  const candado = tomarCarpeta(carpeta)
  const elegido = await elegirBroker(variables)
  const almacen = await abrirAlmacen({
    base: variables.BASE_DATOS,
    carpeta,
    entorno: entornoReal,
    migraciones: [...elegido.migraciones, ...migraciones],
    alFallar: console.error,
  })
  await almacen.cerrar()
  candado.soltar()
  console.log('El almacén está al día.')
}

await migrar().catch((error: unknown) => {
  console.error(comoSeDice(error))
  process.exitCode = 1
})
