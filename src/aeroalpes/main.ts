import { unSoloBroker } from 'seedwork/infraestructura/broker/variables.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { correrProceso } from 'seedwork/infraestructura/proceso/correr.ts'
import { prepararProceso } from 'seedwork/infraestructura/proceso/preparar.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { abrirApi } from './arranque.ts'
import { variablesApi } from './config/variables.ts'

/** La API y sus consumidores, solos en un proceso. Con `BROKER=embebido` lleva dentro el broker que los demás usan (`EMBEBIDO_WS=1`). */
await correrProceso(async (vida) => {
  const variables = leerVariables(variablesApi, process.env, [unSoloBroker])
  const { anunciar, ...partes } = await prepararProceso({
    ...{ nombre: 'api', variables, entorno: entornoReal, vida },
    suya: (carpeta) => carpeta,
  })
  const { proceso, api, broker, lineas, avisos, credencial } = await abrirApi(variables, { ...partes, entorno: entornoReal })
  vida.alTerminar(proceso.detener)
  console.log(`\n${credencial}\n`)
  anunciar({ lineas, avisos, direcciones: { api, ...(broker !== undefined && { broker }) } })
})
