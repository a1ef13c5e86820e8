import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Una prueba, en su archivo. `postgres` si no corre sin el servidor. */
export type Prueba = Readonly<{ archivo: string; nombre: string; postgres?: true }>

/** Las pruebas que dijeron algo, y cómo terminó quien las corrió. */
export type Corrida = Readonly<{ codigo: number | null; bien: readonly string[]; mal: readonly string[] }>

/** Una prueba que no termina falla con su nombre. */
const PLAZO_DE_UNA_MS = 30_000
/** Y si ni eso, se corta todo lo que arrancó. */
const PLAZO_MS = 60_000

const sinEscapes = (nombre: string): string => nombre.replaceAll(/\\([\\#])/g, '$1')

/** Las líneas de un informe TAP, de cualquier nivel. Una que no corrió (`# SKIP`) no dice nada. */
export const leerTap = (informe: string): Pick<Corrida, 'bien' | 'mal'> => {
  const dichas = [...informe.matchAll(/^\s*(not ok|ok) \d+ - (.*)$/gm)].filter(([, , nombre = '']) => !/ # [A-Z]+\b/.test(nombre))
  const de = (cual: string) => dichas.filter(([, como]) => como === cual).map(([, , nombre = '']) => sinEscapes(nombre))
  return { bien: de('ok'), mal: de('not ok') }
}

/** El patrón que sólo casa con esa prueba. Delante puede llevar el nombre de su grupo. */
const patron = (nombre: string): string => `${nombre.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`

/** Corre una prueba en `carpeta`, y lo que arranque termina con ella. */
export const correrPrueba = async (
  { archivo, nombre }: Prueba,
  { carpeta, postgres, corte }: Readonly<{ carpeta: string; postgres?: string | undefined; corte: AbortSignal }>,
): Promise<Corrida> => {
  const { NODE_TEST_CONTEXT: _, ...entorno } = process.env
  const env = {
    ...entorno,
    NODE_COMPILE_CACHE: join(carpeta, 'node_modules', '.cache'),
    ...(postgres !== undefined && { POSTGRES_DE_PRUEBA: postgres }),
  }
  const opciones = ['--disable-warning=ExperimentalWarning', '--test', '--test-reporter=tap', `--test-timeout=${PLAZO_DE_UNA_MS}`]
  const hijo = spawn(process.execPath, [...opciones, `--test-name-pattern=${patron(nombre)}`, archivo], {
    cwd: carpeta,
    env,
    detached: true, // un grupo suyo, para cortarlo entero
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const cortar = (): void => {
    try {
      if (hijo.pid !== undefined) process.kill(-hijo.pid, 'SIGKILL')
    } catch {
      // Ya no queda nadie.
    }
  }
  const plazo = setTimeout(cortar, PLAZO_MS)
  corte.addEventListener('abort', cortar)
  try {
    let informe = ''
    hijo.stdout.setEncoding('utf8').on('data', (trozo: string) => {
      informe += trozo
      // Ya falló: lo que un defecto deje colgado no se espera.
      if (leerTap(informe).mal.includes(nombre)) cortar()
    })
    const [codigo] = (await once(hijo, 'close')) as [number | null]
    return { codigo, ...leerTap(informe) }
  } finally {
    clearTimeout(plazo)
    corte.removeEventListener('abort', cortar)
    cortar()
  }
}
