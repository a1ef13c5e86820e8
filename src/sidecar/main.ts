import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { correrProceso } from 'seedwork/infraestructura/proceso/correr.ts'
import { escucharDonde } from 'seedwork/infraestructura/proceso/escuchar.ts'
import { responde } from 'seedwork/infraestructura/proceso/esperar.ts'
import { prepararProceso } from 'seedwork/infraestructura/proceso/preparar.ts'
import { variablesProceso } from 'seedwork/infraestructura/proceso/variables.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { crearSidecar } from './servidor.ts'
import { archivosTls, variablesSidecar } from './variables.ts'

/** Menos que el plazo del cierre entero: a las llamadas que siguen en curso se les corta, y el proceso termina en 0. */
const GRACIA_MS = 8_000

/** El adaptador gRPC, solo en un proceso. No espera a la API para atender: mientras falte, lo dice a quien llama y en su salud. */
await correrProceso(async (vida) => {
  const variables = leerVariables({ ...variablesProceso, ...variablesSidecar }, process.env)
  const { SIDECAR_HOST: host, SIDECAR_PUERTO: puerto, AEROALPES_ADDRESS: api } = variables
  const tls = archivosTls(variables)
  const { bitacora, esperar, anunciar } = await prepararProceso({ nombre: 'sidecar', variables, entorno: entornoReal, vida })
  const sidecar = await crearSidecar({
    ...{ api, bitacora, entorno: entornoReal },
    opciones: {
      reflexion: variables.SIDECAR_REFLEXION === '1',
      inseguro: variables.SIDECAR_INSEGURO === '1',
      limites: { gracia: GRACIA_MS },
      ...(tls !== undefined && { tls }),
    },
  })
  vida.alTerminar(sidecar.detener)
  const grpc = await escucharDonde(sidecar.escuchar, { host, puerto, variable: 'SIDECAR_PUERTO' })
  esperar({ que: 'la API', donde: api, esta: responde(`${api}/health`) }).catch(
    (error: unknown) => vida.fin.aborted || bitacora.error({ err: error }, 'no se puede usar la API'),
  )
  anunciar({
    lineas: [
      ['gRPC', grpc],
      ['API', api],
    ],
    direcciones: { grpc },
  })
})
