import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hastaQue } from './hechos.ts'
import { type Banco, type Proceso, RAIZ } from './servidor.ts'

export type NombreDeServicio = 'api' | 'notificaciones' | 'sidecar' | 'ui'

/** Lo que un proceso aparte dejó dicho al quedar listo. */
export type DireccionesDeServicio = Readonly<{
  pid: number
  api?: string
  ui?: string
  grpc?: string
  broker?: string
  notificaciones?: string
}>
export type Servicio = Proceso & Readonly<{ direcciones: DireccionesDeServicio }>

/** Quien arranca quita las de su vida anterior: entre mirar si están y leerlas pueden irse. */
const leer = (carpeta: string, nombre: NombreDeServicio): DireccionesDeServicio | undefined => {
  try {
    return JSON.parse(readFileSync(join(carpeta, `direcciones-${nombre}.json`), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const puertoDe = (url: string): string => new URL(url).port

/**
 * Los procesos en que el sistema se despliega, sobre una misma carpeta y sin ningún broker instalado: el embebido de la API, por su
 * WebSocket. Con `comun` se dice otro. La primera vez cada uno toma los puertos que haya; después, siempre los mismos.
 */
export const unosServicios = (
  banco: Banco,
  {
    smtp,
    comun = {},
    plazoMs,
  }: Readonly<{
    smtp: string
    comun?: Readonly<Record<string, string>>
    /** Lo más que se espera a que uno esté listo, si no es lo de siempre: quien espera a un broker tarda lo que él. */
    plazoMs?: number
  }>,
) => {
  let puertos: Readonly<{ api: string; broker: string; ui: string }> = { api: '0', broker: '0', ui: '0' }
  const env = (): Readonly<Record<string, string>> => ({
    EMBEBIDO_WS: '1',
    PULSAR_PUERTO_HTTP: puertos.broker,
    AEROALPES_PUERTO: puertos.api,
    UI_PUERTO: puertos.ui,
    SIDECAR_PUERTO: '0',
    NOTIFICACIONES_PUERTO: '0',
    AEROALPES_ADDRESS: `127.0.0.1:${puertos.api}`,
    BROKER_HOST: '127.0.0.1',
    SMTP_URL: smtp,
    ...comun,
  })
  const lanzar = (nombre: NombreDeServicio, otras: Readonly<Record<string, string>> = {}): Proceso =>
    banco.lanzar({ args: [join(RAIZ, 'src/local/servicio.ts'), nombre], env: { ...env(), ...otras } })
  const listo = async (nombre: NombreDeServicio, proceso: Proceso): Promise<Servicio> => {
    const mirar = () => {
      if (proceso.terminado()) throw new Error(`${nombre} terminó antes de estar listo:\n${proceso.salida()}${proceso.errores()}`)
      const suyas = leer(banco.carpeta, nombre)
      return suyas?.pid === proceso.pid ? suyas : undefined
    }
    const direcciones = await hastaQue(`que ${nombre} esté listo`, mirar, plazoMs)
    const { api, broker, ui } = direcciones
    puertos = {
      api: api === undefined ? puertos.api : puertoDe(api),
      broker: broker === undefined ? puertos.broker : puertoDe(broker),
      ui: ui === undefined ? puertos.ui : puertoDe(ui),
    }
    return { ...proceso, direcciones }
  }
  return {
    lanzar,
    listo,
    arrancar: (nombre: NombreDeServicio): Promise<Servicio> => listo(nombre, lanzar(nombre)),
    /** Los puertos que usarán los que aún no han arrancado. */
    fijar: (fijos: typeof puertos): void => {
      puertos = fijos
    },
    direcciones: (nombre: NombreDeServicio) => leer(banco.carpeta, nombre),
  }
}
