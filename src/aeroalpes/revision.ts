import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Planificador } from 'seedwork/infraestructura/puertos.ts'

const PROGRAMA = join(import.meta.dirname, 'revisar_datos.ts')
/** Un proceso recién arrancado tiene otras cosas que hacer. */
const PRIMERA_MS = 60 * 60_000
const CADA_MS = 24 * 60 * 60_000

type Partes = Readonly<{
  carpeta: string
  planificador: Planificador
  /** Recibe lo que dijo una revisión que no salió bien. */
  alHallar: (danos: string) => void
  alFallar: (error: unknown) => void
}>

/**
 * Lee entero el archivo de la carpeta una vez al día: lo que ninguna lectura ve (un índice al que le falta una fila) se sabe sin que nadie
 * lo pregunte. Es `npm run datos`, en otro proceso y con la prioridad más baja: leerlo todo detendría a éste, y a aquél se le puede cortar.
 */
export const revisarCadaDia = ({ carpeta, planificador, alHallar, alFallar }: Partes) => {
  let hijo: ChildProcess | undefined
  const revisar = async (): Promise<void> => {
    hijo = spawn(process.execPath, [...process.execArgv, PROGRAMA], {
      env: { ...process.env, AEROALPES_DATOS: carpeta },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const termina = once(hijo, 'close')
    if (hijo.pid !== undefined) setPriority(hijo.pid, constants.priority.PRIORITY_LOW)
    const [dicho, [codigo]] = await Promise.all([hijo.stderr === null ? '' : text(hijo.stderr), termina])
    if (codigo !== 0 && codigo !== null) alHallar(dicho.trim())
  }
  const alVencer = (): void => {
    revisar().catch(alFallar)
    siguiente = planificador.tras(CADA_MS, alVencer)
  }
  let siguiente = planificador.tras(PRIMERA_MS, alVencer)
  return {
    detener: () => {
      siguiente.cancelar()
      hijo?.kill('SIGKILL')
    },
  }
}
