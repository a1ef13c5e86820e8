import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { hastaQue } from './hechos.ts'

export const RAIZ = resolve(import.meta.dirname, '../../..')
export const PRINCIPAL = join(RAIZ, 'src/local/main.ts')
const OPCIONES_DE_NODE = ['--disable-warning=ExperimentalWarning']
/** La misma caché de compilación que usa `npm start`. */
const CACHE = join(RAIZ, 'node_modules', '.cache', 'node')

export type Direcciones = Readonly<{ pid: number; api: string; grpc: string; ui: string }>
export type Final = Readonly<{ codigo: number | null; senal: NodeJS.Signals | null }>

/** Un proceso hijo, lo que ha dicho y cómo terminó. */
export type Proceso = Readonly<{
  pid: number
  carpeta: string
  salida: () => string
  errores: () => string
  /** Cómo terminó. Rechaza, con lo que dijo, si no termina pronto: nadie espera sin plazo. */
  fin: () => Promise<Final>
  terminado: () => boolean
  senal: (senal: NodeJS.Signals) => void
  /** Las direcciones que escribió al quedar listo. Rechaza si termina antes. */
  listo: () => Promise<Direcciones>
}>

type Orden = Readonly<{
  carpeta?: string
  /** Lo que el proceso ve además de un puerto libre y la carpeta; `undefined` quita. */
  env?: Readonly<Record<string, string | undefined>>
  programa?: string
  args?: readonly string[]
  cwd?: string
  /** En su propio grupo de procesos, que se termina entero. */
  grupo?: boolean
}>

export type Banco = Readonly<{
  carpeta: string
  lanzar: (orden?: Orden) => Proceso
  /** Lanza el servidor y espera a que esté listo. */
  arrancar: (orden?: Orden) => Promise<Servidor>
}>

export type Servidor = Proceso & Direcciones

const vivos = new Set<() => void>()
const carpetas = new Set<string>()
const borrar = (carpeta: string): void => rmSync(carpeta, { recursive: true, force: true })
/** Si a las pruebas las terminan a mitad, tampoco dejan nada. */
const terminarTodos = (): void => {
  for (const terminar of vivos) terminar()
  for (const carpeta of carpetas) borrar(carpeta)
}
process.on('exit', terminarTodos)
for (const senal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(senal, () => process.exit(1))

/** Una carpeta de datos nueva y los procesos que se lancen sobre ella. Nada de eso sobrevive a la prueba, pase lo que pase. */
export const unBanco = (t: Pick<TestContext, 'after'>): Banco => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-procesos-'))
  carpetas.add(carpeta)
  const procesos: Proceso[] = []
  t.after(async () => {
    for (const proceso of procesos) proceso.senal('SIGKILL')
    await Promise.all(procesos.map(({ fin }) => fin()))
    borrar(carpeta)
  })
  const lanzar = (orden: Orden = {}): Proceso => {
    const proceso = abrir({ carpeta, ...orden })
    procesos.push(proceso)
    return proceso
  }
  const arrancar = async (orden?: Orden): Promise<Servidor> => {
    const proceso = lanzar(orden)
    return { ...proceso, ...(await proceso.listo()) }
  }
  return { carpeta, lanzar, arrancar }
}

/** Una carpeta dentro del repositorio que nadie versiona, para lo que se nombra desde su raíz. */
export const carpetaDelRepositorio = (t: Pick<TestContext, 'after'>): string => {
  const base = join(RAIZ, 'node_modules', '.cache')
  mkdirSync(base, { recursive: true })
  const carpeta = mkdtempSync(join(base, 'datos-'))
  carpetas.add(carpeta)
  t.after(() => borrar(carpeta))
  return carpeta
}

/** Las direcciones que hay en la carpeta, si las hay. */
export const direccionesDe = (carpeta: string): Direcciones | undefined => {
  try {
    return JSON.parse(readFileSync(join(carpeta, 'direcciones.json'), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const entornoDe = ({ carpeta, env = {} }: Orden): NodeJS.ProcessEnv => {
  const heredado = Object.entries(process.env).filter(
    ([nombre]) =>
      !/^(?:AEROALPES_|UI_|SIDECAR_|SMTP_|CORREO_|NOTIFICACIONES_|BROKER|PULSAR_|EMBEBIDO_|BASE_DATOS|NODE_TEST_CONTEXT|npm_)/.test(nombre),
  )
  const propio = {
    NODE_COMPILE_CACHE: CACHE,
    AEROALPES_PUERTO: '0',
    UI_PUERTO: '0',
    SIDECAR_PUERTO: '0',
    AEROALPES_DATOS: carpeta,
    AEROALPES_BITACORA: 'warn',
    ...env,
  }
  return Object.fromEntries([...heredado, ...Object.entries(propio)].filter(([, valor]) => valor !== undefined))
}

const ordenDe = ({ programa = process.execPath, args = [PRINCIPAL] }: Orden): readonly [string, readonly string[]] =>
  programa === process.execPath ? [programa, [...OPCIONES_DE_NODE, ...args]] : [programa, args]

const abrir = (orden: Orden & { carpeta: string }): Proceso => {
  const { carpeta, cwd = tmpdir(), grupo = false } = orden
  const [programa, args] = ordenDe(orden)
  const hijo = spawn(programa, [...args], { cwd, detached: grupo, stdio: ['ignore', 'pipe', 'pipe'], env: entornoDe(orden) })
  const pid = hijo.pid ?? 0
  const textos = { salida: '', errores: '' }
  hijo.stdout.setEncoding('utf8').on('data', (trozo: string) => (textos.salida += trozo))
  hijo.stderr.setEncoding('utf8').on('data', (trozo: string) => (textos.errores += trozo))
  const senal = (nombre: NodeJS.Signals): void => void enviar(hijo, grupo, nombre)
  const matar = (): void => senal('SIGKILL')
  vivos.add(matar)
  let final: Final | undefined
  // `close` llega cuando terminó y ya se leyó todo lo que dijo.
  hijo.once('close', (codigo, senalFinal) => {
    final = { codigo, senal: senalFinal }
    vivos.delete(matar)
  })
  const dicho = (): string => `${textos.salida}${textos.errores}`
  const fin = (): Promise<Final> =>
    hastaQue(`que termine ${pid}`, () => final).catch((error: Error) => Promise.reject(new Error(`${error.message}\n${dicho()}`)))
  const terminado = (): boolean => hijo.exitCode !== null || hijo.signalCode !== null
  const proceso = { pid, carpeta, fin, senal, salida: () => textos.salida, errores: () => textos.errores, terminado }
  return { ...proceso, listo: () => esperarListo(proceso, grupo) }
}

/** Al grupo, aunque quien lo empezó ya no esté: lo que dejó sigue siendo suyo. */
const enviar = (hijo: ChildProcess, grupo: boolean, senal: NodeJS.Signals): void => {
  if (!grupo) return void hijo.kill(senal)
  try {
    process.kill(-(hijo.pid ?? 0), senal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

const esperarListo = (proceso: Omit<Proceso, 'listo'>, deOtro: boolean): Promise<Direcciones> =>
  hastaQue('direcciones.json', () => {
    if (proceso.terminado()) throw new Error(`Terminó antes de estar listo:\n${proceso.salida()}${proceso.errores()}`)
    const direcciones = direccionesDe(proceso.carpeta)
    return direcciones !== undefined && (deOtro || direcciones.pid === proceso.pid) ? direcciones : undefined
  })
