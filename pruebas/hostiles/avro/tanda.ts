import { isDeepStrictEqual } from 'node:util'
import { MensajeIndescifrable } from 'seedwork/infraestructura/mensajes/indescifrable.ts'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { cpuMs } from '../apoyo/cpu.ts'
import { bytesHostiles, propiedadesHostiles } from './bytes.ts'
import { losPares, type Par } from './pares.ts'

/** `cruzadas`: cada cadena con todos los pares, y no sólo con los de su tópico y uno de los demás. */
export type Encargo = Readonly<{ desde: number; cuantas: number; control: boolean; cruzadas: boolean }>
export type Resultado = Readonly<{
  cadenas: number
  lecturas: number
  aceptadas: number
  /** La lectura que más tardó, medida otra vez si pasó de lo admitido (ms). */
  peorMs: number
  /** Lo que creció la memoria del proceso mientras leía (MB). */
  crecioMb: number
  pares: number
  faltas: readonly string[]
}>

const DEMASIADO_MS = 10
const CRECE_MB = 64
const CALENTAR = 300
const FALTAS_MAXIMAS = 10
/** De cada tantas aceptadas, una se compara valor a valor; todas, byte a byte. */
const POR_VALOR = 40

const rssMb = (): number => process.resourceUsage().maxRSS / 1_024

/** Cuánto tarda en leerlos. Si fue demasiado, lo menos que gasta de procesador otras tres veces: la máquina se comparte. */
const cronometrar = (leer: () => unknown): Readonly<{ ms: number; valor?: unknown; error?: unknown }> => {
  const una = (reloj: () => number) => {
    const inicio = reloj()
    try {
      const valor = leer()
      return { ms: reloj() - inicio, valor }
    } catch (error) {
      return { ms: reloj() - inicio, error }
    }
  }
  const primera = una(() => performance.now())
  if (primera.ms <= DEMASIADO_MS) return primera
  return { ...primera, ms: Math.min(una(cpuMs).ms, una(cpuMs).ms, una(cpuMs).ms) }
}

/** Lo aceptado se vuelve a escribir y a leer en lo mismo. */
const reescribe = ({ tipo }: Par, valor: unknown, porValor: boolean): boolean => {
  const bytes = tipo.toBuffer(valor)
  const otra: unknown = tipo.fromBuffer(bytes)
  return tipo.toBuffer(otra).equals(bytes) && (!porValor || isDeepStrictEqual(otra, valor))
}

const esLaSuya = (error: unknown): boolean => error === undefined || error instanceof MensajeIndescifrable

/** Lee esas cadenas con cada par. La memoria se compara con la que había después de leer unas cuantas. */
export const correrTanda = ({ desde, cuantas, control, cruzadas }: Encargo): Resultado => {
  // Casi todo se rechaza: sin la pila de llamadas, que nadie va a leer, cabe diez veces más en el mismo tiempo.
  Error.stackTraceLimit = 0
  const pares = losPares({ control })
  const faltas: string[] = []
  let [lecturas, aceptadas, peorMs] = [0, 0, 0]

  const leerCon = (par: Par, datos: Buffer, semilla: number): void => {
    const { ms, valor, error } = cronometrar(() => par.leer(datos))
    lecturas += 1
    const falta = (que: string) => void faltas.push(`cadena ${semilla}, ${par.nombre}: ${que} (${datos.subarray(0, 80).toString('hex')})`)
    peorMs = Math.max(peorMs, ms)
    if (ms > DEMASIADO_MS) falta(`tardó ${ms.toFixed(1)} ms`)
    if (!esLaSuya(error)) falta(`lanzó ${String(error)}`)
    if (error !== undefined) return
    aceptadas += 1
    if (!reescribe(par, valor, aceptadas % POR_VALOR === 0)) falta('lo aceptado no se reescribe en lo mismo')
  }
  const leerUna = (semilla: number): void => {
    const azar = mulberry32(semilla)
    const { par: suyo, datos } = bytesHostiles(pares, azar)
    const par = pares[semilla % pares.length]
    for (const uno of pares) if (cruzadas || uno.topico === suyo.topico || uno === par) leerCon(uno, datos, semilla)
    const { error } = cronometrar(() => par?.leerTodo?.(datos, propiedadesHostiles(azar)))
    if (!esLaSuya(error)) faltas.push(`cadena ${semilla}, ${par?.nombre}, con propiedades: lanzó ${String(error)}`)
  }

  for (let semilla = desde; semilla < desde + Math.min(CALENTAR, cuantas); semilla++) leerUna(semilla)
  const antes = rssMb()
  for (let semilla = desde + CALENTAR; semilla < desde + cuantas && faltas.length < FALTAS_MAXIMAS; semilla++) leerUna(semilla)
  const crecioMb = rssMb() - antes
  if (crecioMb > CRECE_MB) faltas.push(`la memoria creció ${crecioMb.toFixed(0)} MB`)
  return { cadenas: cuantas, lecturas, aceptadas, peorMs, crecioMb, pares: pares.length, faltas }
}
