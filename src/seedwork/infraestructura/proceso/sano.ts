// node src/seedwork/infraestructura/proceso/sano.ts <api|notificaciones|sidecar|ui>: sale en 0 si ese proceso, el de AEROALPES_DATOS, atiende.
import { connect } from 'node:net'
import { type Direcciones, leerDirecciones, type NombreDeProceso } from './direcciones.ts'

const PLAZO_MS = 3_000

/**
 * Por qué el proceso `nombre` de la carpeta no está sano; `undefined` si lo está. Vive quien dejó dicho dónde atiende; el de HTTP, además,
 * responde que está listo, y el de gRPC acepta conexiones. De lo que depende cada uno habla su propia salud: aquí no cuenta.
 */
export const porQueNo = async (carpeta: string, nombre: NombreDeProceso): Promise<string | undefined> => {
  const direcciones = leerDirecciones(carpeta, nombre)
  if (direcciones === undefined) return 'todavía no está listo'
  try {
    process.kill(direcciones.pid, 0)
    await responder(direcciones)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const responder = async ({ api, ui, grpc }: Direcciones): Promise<void> => {
  const web = api ?? ui
  if (web !== undefined) {
    const { status } = await fetch(`${web}/health/ready`, { signal: AbortSignal.timeout(PLAZO_MS) })
    if (status !== 200) throw new Error(`/health/ready respondió ${status}`)
  }
  if (grpc !== undefined) await conectar(new URL(`tcp://${grpc}`))
}

const conectar = ({ hostname, port }: URL): Promise<void> =>
  new Promise((listo, fallar) => {
    const enchufe = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: PLAZO_MS })
    enchufe.once('connect', () => listo(void enchufe.destroy()))
    enchufe.once('timeout', () => enchufe.destroy(new Error('no aceptó la conexión')))
    enchufe.once('error', fallar)
  })

if (import.meta.main) {
  const motivo = await porQueNo(process.env.AEROALPES_DATOS ?? 'datos', process.argv[2] as NombreDeProceso)
  if (motivo !== undefined) console.error(motivo)
  process.exit(motivo === undefined ? 0 : 1)
}
