import type { Logger } from 'pino'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { escucharDonde } from 'seedwork/infraestructura/proceso/escuchar.ts'
import type { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { crearSidecar } from 'sidecar/servidor.ts'
import { archivosTls, type variablesSidecar } from 'sidecar/variables.ts'

/** Menos que el plazo del cierre entero: después de él se detiene la API de la que dependen sus llamadas. */
const GRACIA_MS = 4_000

type Partes = Readonly<{ variables: ReturnType<typeof leerVariables<typeof variablesSidecar>>; api: string; bitacora: Logger }>

/** El adaptador gRPC sobre la API de este proceso (o la de `AEROALPES_ADDRESS`, si se dice), ya escuchando. */
export const abrirAdaptador = async ({ variables, api, bitacora }: Partes) => {
  const tls = archivosTls(variables)
  const { escuchar, detener } = await crearSidecar({
    api: process.env.AEROALPES_ADDRESS ? variables.AEROALPES_ADDRESS : api,
    bitacora,
    entorno: entornoReal,
    opciones: {
      reflexion: true,
      inseguro: variables.SIDECAR_INSEGURO === '1',
      limites: { gracia: GRACIA_MS },
      ...(tls !== undefined && { tls }),
    },
  })
  const direccion = await escucharDonde(escuchar, {
    host: variables.SIDECAR_HOST,
    puerto: variables.SIDECAR_PUERTO,
    variable: 'SIDECAR_PUERTO',
  })
  return { direccion, detener }
}
