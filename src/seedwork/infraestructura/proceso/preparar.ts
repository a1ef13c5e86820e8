import type { Logger } from 'pino'
import type { Entorno } from '../puertos.ts'
import type { ValoresDe } from '../variables.ts'
import { abrirBitacora } from './bitacora.ts'
import { dibujarCaja, type Linea } from './caja.ts'
import { prepararCarpeta, tomarCarpeta } from './carpeta.ts'
import { claveDe } from './clave.ts'
import type { Vida } from './correr.ts'
import { borrarDirecciones, type Direcciones, escribirDirecciones, type NombreDeProceso } from './direcciones.ts'
import { esperarA } from './esperar.ts'
import { devolverMemoriaEnReposo } from './reposo.ts'
import type { variablesProceso } from './variables.ts'

type Partes = Readonly<{
  nombre: NombreDeProceso
  variables: ValoresDe<typeof variablesProceso>
  entorno: Entorno
  vida: Vida
  /** De la carpeta de datos, la que es sólo de este proceso. Sin ella puede haber varios. */
  suya?: (carpeta: string) => string
}>

export type Preparado = Readonly<{
  carpeta: string
  clave: Buffer
  bitacora: Logger
  /** Espera, diciéndolo, a que `esta`. Rechaza si antes se pide terminar. */
  esperar: (dependencia: Readonly<{ que: string; donde: string; esta: (senal: AbortSignal) => Promise<boolean> }>) => Promise<void>
  /** Dice que está listo, y dónde, a quien mira la consola y a quien lee el archivo. */
  anunciar: (que: Readonly<{ lineas: readonly Linea[]; avisos?: readonly string[]; direcciones: Omit<Direcciones, 'pid'> }>) => void
}>

/** Lo que tiene todo proceso que se despliega por su cuenta. Sus direcciones se borran lo primero al terminar: ya no atiende. */
export const prepararProceso = async ({ nombre, variables, entorno, vida, suya }: Partes): Promise<Preparado> => {
  const carpeta = prepararCarpeta(variables.AEROALPES_DATOS)
  const candado = suya && tomarCarpeta(suya(carpeta))
  borrarDirecciones(carpeta, nombre)
  const clave = claveDe(variables, carpeta)
  const { bitacora, vaciar } = await abrirBitacora(variables.AEROALPES_BITACORA)
  vida.alTerminar(vaciar)
  if (candado !== undefined) vida.alTerminar(candado.soltar)
  return {
    carpeta,
    clave,
    bitacora,
    esperar: (dependencia) => esperarA({ ...dependencia, entorno, bitacora, fin: vida.fin }),
    anunciar: ({ lineas, avisos = [], direcciones }) => {
      vida.alTerminar(() => borrarDirecciones(carpeta, nombre))
      console.log(dibujarCaja({ titulo: `AeroAlpes: ${nombre} está listo`, lineas: [...lineas, ['Datos', carpeta]], avisos }))
      escribirDirecciones(carpeta, { pid: process.pid, ...direcciones }, nombre)
      devolverMemoriaEnReposo(entorno.planificador)
    },
  }
}
